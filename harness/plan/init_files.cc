#include "harness/plan/init_files.h"

#include "harness/core/error.h"
#include "harness/core/hash.h"
#include "harness/nn/backbone_info.h"
#include "harness/nn/model.h"
#include "harness/nn/weights.h"
#include "protocols/setting.h"

namespace bcr {

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
  throw Error(ErrorCode::kUsage,
              {"--init", "no file for " + backbone, backbone + "=FILE.safetensors",
               "Give --init once for each backbone of the setting."});
}

const std::string& InitFiles::HashOf(const ModelSpec& spec, const std::string& file) {
  std::string& hash = hashes_[{spec.backbone, file}];
  if (!hash.empty()) return hash;
  const auto probe = Model::MakeBlank(spec);
  LoadBackbone(*probe, file);
  return hash = HashOfFile(file);
}

}  // namespace bcr
