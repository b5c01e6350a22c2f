#include "harness/train/label_source.h"

#include <ATen/core/Tensor.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/suggest.h"

namespace bcr {

Json LabelSource::Notes() const { return Json::array(); }
void LabelSource::Save(std::map<std::string, at::Tensor>&) const {}
void LabelSource::Load(const std::map<std::string, at::Tensor>&) {}

namespace {

constexpr char kGroundTruth[] = "ground-truth";

class GroundTruth : public LabelSource {
 public:
  explicit GroundTruth(LabelSet truth) : labels_(std::move(truth)) {}
  bool Refresh(const EpochStart&, LabelSet& labels) override {
    if (given_) return false;
    labels = labels_;
    given_ = true;
    return true;
  }
  void Load(const std::map<std::string, at::Tensor>&) override { given_ = true; }

 private:
  LabelSet labels_;
  bool given_ = false;
};

}  // namespace

std::unique_ptr<LabelSource> NewGroundTruth(const LabelSet& truth) {
  return std::make_unique<GroundTruth>(truth);
}

const LabelSourceInfo* FindLabelSource(const std::vector<const LabelSourceInfo*>& table,
                                       const std::string& name) {
  if (name == kGroundTruth) return nullptr;
  std::vector<std::string> known = {kGroundTruth};
  for (const LabelSourceInfo* info : table) {
    if (info->name == name) return info;
    known.push_back(info->name);
  }
  throw Error(ErrorCode::kConfig, {"recipe", "label source `" + name + "`",
                                   "a registered label source", SuggestionFor(name, known)});
}

Json CompleteParameters(const LabelSourceInfo& info, const Json& parameters) {
  Json merged = ParseJson(info.parameters, "defaults of " + info.name);
  merged.update(ParseJson(info.later_parameters, "later defaults of " + info.name));
  merged.update(parameters);
  return merged;
}

std::unique_ptr<LabelSource> MakeLabelSource(const std::vector<const LabelSourceInfo*>& table,
                                             const std::string& name, const std::string& parameters,
                                             const LabelContext& context) {
  const LabelSourceInfo* info = FindLabelSource(table, name);
  BCR_CHECK(info != nullptr, "ground truth is no registered label source");
  const Json merged = CompleteParameters(*info, ParseJson(parameters, "parameters of " + name));
  JsonReader reader(merged, "label source " + name);
  std::unique_ptr<LabelSource> source = info->make(reader, context);
  reader.Finish();
  return source;
}

}  // namespace bcr
