#include "harness/plan/init_files.h"

#include "harness/core/error.h"
#include "harness/core/hash.h"
#include "harness/nn/backbone_info.h"
#include "harness/nn/model.h"
#include "harness/nn/weights.h"
#include "protocols/profile.h"
#include "protocols/setting.h"

namespace bcr {

void InitFiles::CheckNeeded(const Profile& profile) const {
  if (!profile.needs_init || !asked_.empty()) return;
  throw Error(ErrorCode::kUsage,
              {"profile " + profile.name, "no initial weights", "--init FILE (ImageNet weights)",
               "Give torchvision's file of the backbone, or say --init random "
               "to train from scratch."});
}

std::string InitFiles::Of(const ModelNode& node, const std::string& backbone) const {
  const std::string file = "file:";
  if (node.start.starts_with(file)) return node.start.substr(file.size());
  if (asked_.empty()) return "";
  for (const std::string& entry : asked_) {
    if (entry == "random") return "";
    const auto named = SplitBackbonePrefix(entry);  // a reference may hold '=' itself
    if (!named) return entry;
    if (named->reference == backbone) return named->rest;
  }
  throw Error(ErrorCode::kUsage, {"--init", "no file for " + backbone, backbone + "=FILE",
                                  "Give --init once for each backbone of the setting."});
}

const InitFiles::Checked& InitFiles::Check(const ModelSpec& spec, const std::string& file) {
  Checked& checked = checked_[{spec.backbone, file}];
  if (!checked.hash.empty()) return checked;
  const auto probe = Model::MakeBlank(spec);
  try {
    checked.lost =
        LoadBackbone(*probe, file, partial_ ? PartialLoad::kAllowed : PartialLoad::kRefused)
            .Lines();
  } catch (const Error& error) {
    if (partial_ || error.code() != ErrorCode::kData) throw;
    ErrorText text = error.text();
    text.hint = "--init-partial loads what fits. " + text.hint;
    throw Error(error.code(), text);
  }
  checked.hash = HashOfFile(file);
  return checked;
}

}  // namespace bcr
