#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/app/command.h"
#include "harness/app/train_library.h"
#include "harness/core/printable.h"
#include "harness/core/progress.h"
#include "harness/nn/export_model.h"

namespace bcr {
namespace {

constexpr const char* kExamples = R"(
MODEL is one of
  FOLDER          a model of ours: a folder with model.json and weights.safetensors
  BACKBONE=FILE   weights of another project, .pth or .safetensors: resnet50=market.pth
OUT.json is written beside OUT: the size of the images, how they are normalised, the order of colours.
Examples:
  bcreid export store/models/1234 --out new.pt
  bcreid export resnet50=market.pth --out old.pt --side before-neck --input pixels
  bcreid export resnet50=market.pth --out old.safetensors --format safetensors)";

struct ExportFlags {
  ExportRequest request;
  std::string side = "after-neck", input = "normalised";
};

int Execute(ExportFlags& flags) {
  ExportRequest& request = flags.request;
  request.side = flags.side == "after-neck" ? FeatureSide::kAfterNeck : FeatureSide::kBeforeNeck;
  request.pixels = flags.input == "pixels";
  const ExportedModel exported = Training().export_model(request);
  for (const std::string& note : exported.notes) Say("note: " + note, false);
  PrintText(
      fmt::format("{}: {}, images of {}x{}, features of {} values {}\n"
                  "{}.json: what it wants to see\n"
                  "read again, its features differ by at most {:.1e} of the largest value\n",
                  request.out, request.format, exported.height, exported.width,
                  exported.feature_width, flags.side, request.out, exported.difference));
  return kExitOk;
}

}  // namespace

void AddExportCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<ExportFlags>();
  ExportRequest& r = flags->request;
  CLI::App* command = app.add_subcommand("export", "Write a model for other programs");
  command->add_option("model", r.model, "FOLDER | BACKBONE=FILE")->required();
  command->add_option("--out", r.out, "File to write; FILE.json is written beside it")->required();
  command->add_option("--format", r.format, "torchscript | safetensors (weights alone)")
      ->capture_default_str()
      ->check(CLI::IsMember({"torchscript", "safetensors"}));
  command->add_option("--side", flags->side, "after-neck | before-neck (of torchscript)")
      ->capture_default_str()
      ->check(CLI::IsMember({"after-neck", "before-neck"}));
  command
      ->add_option(
          "--input", flags->input,
          "normalised | pixels: the network takes 0 to 255 and normalises (of torchscript)")
      ->capture_default_str()
      ->check(CLI::IsMember({"normalised", "pixels"}));
  command->add_flag_callback(
      "--partial", [&r] { r.partial = PartialLoad::kAllowed; },
      "Load what fits of BACKBONE=FILE; the rest is listed");
  command->footer(kExamples);
  command->callback([flags, &action] { action = [flags] { return Execute(*flags); }; });
}

}  // namespace bcr
