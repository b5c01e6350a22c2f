#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/app/command.h"
#include "harness/app/train_library.h"
#include "harness/core/files.h"
#include "harness/core/printable.h"
#include "harness/run/generate.h"

namespace bcr {
namespace {

constexpr const char* kExamples = R"(
Makes the images that a method with generated images adds to training, for people to look at. The
generator learns from the train split, at the image size of the profile, and is kept in the store.
With --model, features say how near the images come to real ones:
  Frechet distance   0: as if drawn like the real ones. Read it beside that of two halves of the real images
  nearest            median cosine to the nearest real image. Above that of real images among each
                     other, and 1, the generator repeats what it has seen
Examples:
  bcreid generate dcgan pedsynth-a --out people
  bcreid generate dcgan market1501:/data/Market-1501 --profile paper --set dcgan.epochs=30 --out people \
      --model resnet50=market.pth)";

void PrintFigures(const Json& figures) {
  PrintText(fmt::format(
      "Frechet distance  {:.4f}; of two halves of the real images {:.4f} ({} images each)\n",
      figures.at("frechet_distance").get<double>(),
      figures.at("frechet_distance_of_real_images").get<double>(),
      figures.at("frechet_images").get<size_t>()));
  PrintText(fmt::format(
      "nearest           {:.3f}; of real images among each other {:.3f}; copies {} of {}\n",
      figures.at("similarity_to_nearest").get<double>(),
      figures.at("similarity_of_real_images").get<double>(), figures.at("copies").get<size_t>(),
      figures.at("searched").get<size_t>()));
}

int Execute(const GenerateRequest& request) {
  const Generated made = Training().generate(request);
  PrintText(fmt::format("{} images: {}\n", made.images, JoinPath(request.out_folder, "images")));
  for (const std::string& file : made.files) PrintText(fmt::format("{}\n", file));
  if (!made.figures.is_null()) PrintFigures(made.figures);
  return kExitOk;
}

}  // namespace

void AddGenerateCommand(CLI::App& app, Action& action, const std::string& command_line) {
  struct Flags {
    GenerateRequest request;
    std::string on_bad_image = "fail";
  };
  auto flags = std::make_shared<Flags>();
  GenerateRequest& r = flags->request;
  r.command_line = command_line;
  r.store_folder = JoinPath(DefaultCacheFolder(), "store");
  CLI::App* generate = app.add_subcommand("generate", "Images that a generator adds to training");
  generate->add_option("augmenter", r.augmenter, "An augmenter with a generator: dcgan")
      ->required();
  generate->add_option("data", r.data, "name[:path][,key=value...]")->required();
  generate->add_option("--out", r.out_folder, "Folder for images/, sheet.png and what --model says")
      ->required();
  generate->add_option("--profile", r.profile, "Gives the image size and the generator's numbers")
      ->capture_default_str();
  generate->add_option("--set", r.overrides,
                       "Override key=value, e.g. dcgan.epochs=4 (may be given again)");
  generate->add_option("--seed", r.seed, "Of weights, order and noise")
      ->capture_default_str()
      ->check(CLI::Range(0, 1'000'000'000));
  generate->add_option("--model", r.model,
                       "Judges them: FOLDER | BACKBONE=FILE | torchscript:FILE | onnx:FILE");
  generate->add_flag("--trust", r.trust, "Run a TorchScript file, which is code");
  generate->add_option("--batch", r.batch_size, "Images at once for the model")
      ->capture_default_str()
      ->check(CLI::Range(1, 65536));
  generate->add_option("--on-bad-image", flags->on_bad_image, "fail | skip")
      ->capture_default_str()
      ->check(CLI::IsMember({"fail", "skip"}));
  generate->add_option("--device", r.device, "auto | cpu | cuda[:i]")->capture_default_str();
  generate->add_option("--threads", r.threads, "Threads (0: all usable cores)")
      ->capture_default_str()
      ->check(CLI::Range(0, 4096));
  generate->add_option("--store", r.store_folder, "Where generators and packed images are kept")
      ->capture_default_str();
  generate->add_flag("--quiet", r.quiet, "No progress on stderr");
  generate->footer(kExamples);
  generate->callback([flags, &action] {
    flags->request.on_bad_image =
        flags->on_bad_image == "skip" ? OnBadImage::kSkip : OnBadImage::kFail;
    action = [flags] { return Execute(flags->request); };
  });
}

}  // namespace bcr
