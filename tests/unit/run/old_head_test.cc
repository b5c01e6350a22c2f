// What a later model is told of an earlier one's classifier, and what the record says of it: by a base
// learner of linear logits, and by one of cosines.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/app/plug_ins.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/run/runner.h"
#include "reports/record_io.h"

namespace bcr {
namespace {

// Has no term: it logs the old model's scale.
class Probe : public Objective {
 public:
  void Prepare(const TrainingSet& set) override { old_ = set.old_model; }
  void Compute(const Batch&, Terms& terms) override { terms.Log("old_scale", old_->head_scale); }

 private:
  const OldModel* old_ = nullptr;
};

const ObjectiveInfo& ProbeInfo() {
  static const ObjectiveInfo info = {
      .name = "probe",
      .revision = 1,
      .about = "test",
      .source = "test",
      .needs_old_model = true,
      .parameters = "{}",
      .make = [](JsonReader&) -> std::unique_ptr<Objective> { return std::make_unique<Probe>(); }};
  return info;
}

const std::vector<EmbeddedFile> kMethods = {
    {"probe",
     R"({"method": "probe", "revision": 1, "order": 1, "family": "test", "about": "", "reference": "",
         "objectives": [{"objective": "probe"}]})"},
    {"probe-cosine",
     R"({"method": "probe-cosine", "revision": 1, "order": 2, "family": "test", "about": "", "reference": "",
         "base": "am-softmax-triplet", "earlier_base": "am-softmax-triplet",
         "objectives": [{"objective": "probe"}]})"}};

class OldHeads : public ::testing::Test {
 protected:
  OldHeads() {
    const std::string size = ",identities=12,test-identities=6,images=4,distractors=2,junk=0";
    request_.data["target"] = ParseDataRef("pedsynth-a" + size);
    request_.profile = "smoke";
    request_.device = "cpu";
    request_.store_folder = JoinPath(root_.path(), "store");
    request_.out_folder = JoinPath(root_.path(), "out");
    request_.threads = 1;
    request_.quiet = true;
    plug_ins_.train.objectives.push_back(&ProbeInfo());
    plug_ins_.methods = &kMethods;
  }

  // The models of the record, by their keys: what is noted of their making.
  std::map<std::string, Json> NotesOf(const std::string& setting, const std::string& method) {
    request_.settings = {setting};
    request_.methods = {method};
    const RunOutcome outcome = RunAll(request_, plug_ins_);
    const RunRecord record = ReadRecord(outcome.record_files.at(0));
    EXPECT_EQ(record.status, "ok") << record.error;
    std::map<std::string, Json> notes;
    for (const ModelRecord& model : record.models) notes[model.key] = *model.notes;
    return notes;
  }

  TemporaryFolder root_;
  RunRequest request_;
  PlugIns plug_ins_ = AllPlugIns();
};

TEST_F(OldHeads, OfCosinesKeepTheirScale) {
  auto notes = NotesOf("in-domain-data", "probe-cosine");
  const Json head = {{"logits", "cosine"}, {"scale", 30.0}};
  EXPECT_EQ(notes["old"].at("head"), head);
  EXPECT_EQ(notes["new"].at("head"), head);
  EXPECT_FALSE(notes["paragon"].contains("head"));
  EXPECT_EQ(notes["new"].at("last_epoch").at("probe.old_scale"), 30.0);
}

TEST_F(OldHeads, OfAnUpgradeOfTheLossDiffer) {
  auto notes = NotesOf("in-domain-loss", "probe");
  EXPECT_FALSE(notes["old"].contains("head"));
  EXPECT_EQ(notes["new"].at("head"), (Json{{"logits", "cosine"}, {"scale", 64.0}}));
  EXPECT_EQ(notes["paragon"].at("head"), notes["new"].at("head"));
  EXPECT_EQ(notes["new"].at("last_epoch").at("probe.old_scale"), 0.0);
}

TEST_F(OldHeads, AMethodOfOtherLearnersIsLeftOutOfIt) {
  request_.settings = {"in-domain-loss"};
  request_.methods = {"probe-cosine"};
  EXPECT_NE(DescribePlan(request_, plug_ins_)
                .find("left out probe-cosine in in-domain-loss: its base learner is"),
            std::string::npos);
}

}  // namespace
}  // namespace bcr
