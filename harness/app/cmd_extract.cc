#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/app/command.h"
#include "harness/app/train_library.h"
#include "harness/core/files.h"
#include "harness/core/printable.h"
#include "harness/run/extract.h"

namespace bcr {
namespace {

constexpr const char* kExamples = R"(
MODEL is one of
  FOLDER             a model of ours: a folder with model.json and weights.safetensors
  BACKBONE=FILE      weights of another project, .pth or .safetensors: resnet50,stem_relu=off=market.pth
  torchscript:FILE   a network that torch.jit.save wrote; it is code, so say --trust
  onnx:FILE          a network as ONNX, in a build with its engine (BCR_WITH_ONNX=ON)
What such a network wants to see stands in FILE.json (docs/weights.md).
Examples:
  bcreid extract torchscript:old.pt market1501:/data/Market-1501 --out old --trust
  bcreid score --query old/query --gallery old/gallery
  bcreid extract resnet50=market.pth market1501:/data/Market-1501 --out old --splits all)";

struct ExtractFlags {
  ExtractRequest request;
  std::string on_bad_image = "fail";
};

int Execute(ExtractFlags& flags) {
  flags.request.on_bad_image = flags.on_bad_image == "skip" ? OnBadImage::kSkip : OnBadImage::kFail;
  for (const std::string& folder : Training().extract(flags.request))
    PrintText(fmt::format("features: {}\n", folder));
  return kExitOk;
}

}  // namespace

void AddExtractCommand(CLI::App& app, Action& action, const std::string& command_line) {
  auto flags = std::make_shared<ExtractFlags>();
  ExtractRequest& r = flags->request;
  r.command_line = command_line;
  r.store_folder = JoinPath(DefaultCacheFolder(), "store");
  CLI::App* extract = app.add_subcommand("extract", "Features of a data set by any model");
  extract->add_option("model", r.model, "FOLDER | BACKBONE=FILE | torchscript:FILE | onnx:FILE")
      ->required();
  extract->add_option("data", r.data, "name[:path][,key=value...]")->required();
  extract->add_option("--out", r.out_folder, "Folder for query/, gallery/ and train/")->required();
  extract->add_option("--splits", r.splits, "test (query and gallery) | train | all")
      ->capture_default_str()
      ->check(CLI::IsMember({"test", "train", "all"}));
  extract->add_flag("--trust", r.trust, "Run a TorchScript file, which is code");
  extract->add_flag("--partial", r.partial, "Load what fits of BACKBONE=FILE; the rest is listed");
  extract->add_flag("--flip", r.flip, "Add the feature of the mirrored image");
  extract->add_option("--side", r.side, "after-neck | before-neck (of backbones of ours)")
      ->capture_default_str()
      ->check(CLI::IsMember({"after-neck", "before-neck"}));
  extract->add_option("--batch", r.batch_size, "Images at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 65536));
  extract->add_option("--on-bad-image", flags->on_bad_image, "fail | skip")
      ->capture_default_str()
      ->check(CLI::IsMember({"fail", "skip"}));
  extract->add_option("--device", r.device, "auto | cpu | cuda[:i]")->capture_default_str();
  extract->add_option("--precision", r.precision, "fp32 | bf16 (of backbones of ours)")
      ->capture_default_str()
      ->check(CLI::IsMember({"fp32", "bf16"}));
  extract->add_option("--threads", r.threads, "Threads (0: all usable cores)")
      ->capture_default_str()
      ->check(CLI::Range(0, 4096));
  extract->add_option("--store", r.store_folder, "Where packed images are kept")
      ->capture_default_str();
  extract->add_flag("--quiet", r.quiet, "No progress on stderr");
  extract->footer(kExamples);
  extract->callback([flags, &action] { action = [flags] { return Execute(*flags); }; });
}

}  // namespace bcr
