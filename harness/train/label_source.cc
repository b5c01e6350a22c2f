#include "harness/train/label_source.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/suggest.h"
#include "harness/train/ground_truth.h"

namespace bcr {

Json LabelSource::Notes() const { return Json::array(); }

namespace {

class GroundTruth : public LabelSource {
 public:
  explicit GroundTruth(LabelSet truth) : labels_(std::move(truth)) {}
  bool Refresh(const EpochStart&, LabelSet& labels) override {
    if (given_) return false;
    labels = labels_;
    given_ = true;
    return true;
  }

 private:
  LabelSet labels_;
  bool given_ = false;
};

}  // namespace

std::unique_ptr<LabelSource> NewGroundTruth(const LabelSet& truth) {
  return std::make_unique<GroundTruth>(truth);
}

std::unique_ptr<LabelSource> MakeLabelSource(const std::vector<const LabelSourceInfo*>& table,
                                             const std::string& name, const std::string& parameters,
                                             const std::vector<int64_t>& truth,
                                             const std::vector<int64_t>& cameras) {
  std::vector<std::string> known = {"ground-truth"};
  for (const LabelSourceInfo* info : table) {
    known.push_back(info->name);
    if (info->name != name) continue;
    Json merged = ParseJson(info->parameters, "defaults of " + name);
    const Json given = ParseJson(parameters, "parameters of " + name);
    for (const auto& [key, value] : given.items()) merged[key] = value;
    JsonReader reader(merged, "label source " + name);
    std::unique_ptr<LabelSource> source = info->make(reader, truth, cameras);
    reader.Finish();
    return source;
  }
  throw Error(ErrorCode::kConfig, {"recipe", "label source `" + name + "`",
                                   "a registered label source", SuggestionFor(name, known)});
}

}  // namespace bcr
