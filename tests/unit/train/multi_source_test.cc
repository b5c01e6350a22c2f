// Training on several data sets of which some have labels.
#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/nn/weights.h"
#include "harness/train/epoch_batches.h"
#include "harness/train/mixed_labels.h"
#include "tests/unit/train/toy_job.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using testing::ExpectEqualWeights;

// What it is asked and what it answers.
struct Script {
  LabelContext context;
  FloatMatrix features, earlier;
  LabelSet answer;
  bool changes = true;
};

class Scripted : public LabelSource {
 public:
  explicit Scripted(Script* script) : script_(script) {}
  bool Refresh(const EpochStart& start, LabelSet& labels) override {
    script_->features = start.features();
    if (start.features_of) script_->earlier = start.features_of("old");
    if (script_->changes) labels = script_->answer;
    return script_->changes;
  }

 private:
  Script* script_;
};

FloatMatrix Numbered(size_t rows) {
  FloatMatrix matrix(rows, 1);
  for (size_t i = 0; i < rows; ++i) matrix.data()[i] = static_cast<float>(i);
  return matrix;
}

struct Mixed {
  Script script;
  OldModel old;
  LabelContext context;
  FloatMatrix features = Numbered(6);
  EpochStart start;
  std::unique_ptr<LabelSource> source;
  Mixed() {
    old.features = Numbered(6);
    // Rows 1, 2 and 5 are known; class 3 is theirs alone, classes are not counted from 0.
    context.truth = {9, 3, 7, 9, 8, 3};
    context.cameras = {0, 1, 2, 3, 4, 5};
    context.domains = {1, 0, 0, 1, 1, 0};
    context.old_models = {&old};
    source = NewMixedLabels(context, {false, true, true, false, false, true},
                            [this](const LabelContext& part) {
                              script.context = part;
                              return std::make_unique<Scripted>(&script);
                            });
    start.features = [this]() -> const FloatMatrix& { return features; };
    start.features_of = [this](const std::string&) -> const FloatMatrix& { return old.features; };
    script.answer.labels = {1, -1, 0};
    script.answer.classes = 2;
  }
};

TEST(MixedLabels, FoundLabelsStandBehindTheKnownOnes) {
  Mixed mixed;
  LabelSet labels;
  ASSERT_TRUE(mixed.source->Refresh(mixed.start, labels));
  EXPECT_THAT(labels.labels, ElementsAre(3, 0, 1, -1, 2, 0));
  EXPECT_EQ(labels.classes, 4);
  EXPECT_FALSE(labels.identities);
  // More clusters: known identities keep their numbers.
  mixed.script.answer.labels = {2, 1, 0};
  mixed.script.answer.classes = 3;
  ASSERT_TRUE(mixed.source->Refresh(mixed.start, labels));
  EXPECT_THAT(labels.labels, ElementsAre(4, 0, 1, 3, 2, 0));
  EXPECT_EQ(labels.classes, 5);
  mixed.script.changes = false;
  EXPECT_FALSE(mixed.source->Refresh(mixed.start, labels));
}

TEST(MixedLabels, TheSourceSeesTheHiddenPartAlone) {
  Mixed mixed;
  LabelSet labels;
  mixed.source->Refresh(mixed.start, labels);
  EXPECT_THAT(mixed.script.context.truth, ElementsAre(9, 9, 8));
  EXPECT_THAT(mixed.script.context.cameras, ElementsAre(0, 3, 4));
  EXPECT_THAT(mixed.script.context.domains, ElementsAre(1, 1, 1));
  const std::vector<const FloatMatrix*> seen = {&mixed.script.features, &mixed.script.earlier,
                                                &mixed.script.context.old_models.at(0)->features};
  for (const FloatMatrix* matrix : seen) {
    ASSERT_EQ(matrix->rows(), 3U);
    EXPECT_THAT(std::vector<float>(matrix->data(), matrix->data() + 3), ElementsAre(0, 3, 4));
  }
}

TEST(MixedLabels, SoftAndFurtherLabelsAreJoinedToo) {
  Mixed mixed;
  mixed.script.answer.others = {{"finer", {0, 1, -1}, 2}};
  mixed.script.answer.soft = {{0, 2, 2, 3}, {0, 1, 1}, {0.25F, 0.75F, 1}};
  LabelSet labels;
  mixed.source->Refresh(mixed.start, labels);
  EXPECT_THAT(labels.others.at(0).labels, ElementsAre(2, 0, 1, 3, -1, 0));
  EXPECT_EQ(labels.others.at(0).classes, 4);
  EXPECT_THAT(labels.soft.offsets, ElementsAre(0, 2, 3, 4, 4, 5, 6));
  EXPECT_THAT(labels.soft.classes, ElementsAre(2, 3, 0, 1, 3, 0));
  EXPECT_THAT(labels.soft.weights, ElementsAre(0.25F, 0.75F, 1, 1, 1, 1));
}

TEST(BalancedBatches, HoldAsManyIdentitiesOfEachDataSet) {
  TrainJob job;
  job.base.balance = "domains";
  job.options.identities_per_batch = 8;
  job.options.images_per_identity = 2;
  LabelSet labels;
  // 20, 3 and 6 identities of four images; the batches are of eight identities.
  for (const auto& [domain, identities] : {std::pair(0, 20), {1, 3}, {2, 6}}) {
    for (int i = 0; i < 4 * identities; ++i) {
      labels.labels.push_back(100 * domain + i / 4);
      job.domains.push_back(domain);
      job.cameras.push_back(i % 2);
    }
  }
  const auto check = [&](const std::vector<std::vector<int64_t>>& batches) {
    for (const auto& batch : batches) {
      std::map<int64_t, std::set<int64_t>> seen;
      for (const int64_t row : batch)
        seen[job.domains[static_cast<size_t>(row)]].insert(labels.labels[static_cast<size_t>(row)]);
      ASSERT_EQ(batch.size(), 12U);
      ASSERT_EQ(seen.size(), 3U);
      for (const auto& [domain, identities] : seen) EXPECT_EQ(identities.size(), 2U) << domain;
    }
  };
  const auto pass = EpochBatches(job, labels, 0);
  EXPECT_GE(pass.size(), 15U) << "a pass of the largest data set: two chunks of 20 identities";
  check(pass);
  EXPECT_EQ(pass, EpochBatches(job, labels, 0));
  job.options.batches_per_epoch = 7;
  const auto seven = EpochBatches(job, labels, 1);
  EXPECT_EQ(seven.size(), 7U);
  check(seven);
  // The third one has lost its labels.
  for (size_t row = 0; row < labels.labels.size(); ++row)
    if (job.domains[row] == 2) labels.labels[row] = -1;
  EXPECT_THROW(EpochBatches(job, labels, 0), Error);
}

bool g_dies = false;

class ToyContrast : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    if (g_dies && batch.epoch == 2) throw Error(ErrorCode::kInternal, {"toy", "died", "", ""});
    const at::Tensor same = batch[Slot::kLabels].unsqueeze(0) == batch[Slot::kLabels].unsqueeze(1);
    const at::Tensor f = at::layer_norm(batch[Slot::kAfterNeck], {batch[Slot::kAfterNeck].size(1)});
    const at::Tensor s = f.matmul(f.t()) / static_cast<double>(f.size(1));
    terms.Add("pull", at::binary_cross_entropy_with_logits(4 * s, same.to(at::kFloat)));
  }
};

// The true labels of what it is asked for, anew before every epoch.
class Finder : public LabelSource {
 public:
  explicit Finder(const LabelContext& context) : truth_(context.truth) {}
  bool Refresh(const EpochStart& start, LabelSet& labels) override {
    EXPECT_EQ(start.features().rows(), truth_.size());
    labels.classes = 0;
    labels.labels.clear();
    for (const int64_t of : truth_) labels.labels.push_back(of - 4 + start.epoch % 2);
    labels.classes = 3;
    return true;
  }

 private:
  std::vector<int64_t> truth_;
};

const ObjectiveInfo& Contrast() {
  static const ObjectiveInfo info = {.name = "toy-contrast",
                                     .revision = 1,
                                     .parameters = "{}",
                                     .make = [](JsonReader&) -> std::unique_ptr<Objective> {
                                       return std::make_unique<ToyContrast>();
                                     }};
  return info;
}

const LabelSourceInfo& FinderInfo() {
  static const LabelSourceInfo info = {
      .name = "finder",
      .revision = 1,
      .parameters = "{}",
      .make = [](JsonReader&, const LabelContext& context) -> std::unique_ptr<LabelSource> {
        return std::make_unique<Finder>(context);
      }};
  return info;
}

// Identities 0 and 1 are of the first data set, 2 and 3 of the second, 4 and 5 of the third, whose
// labels are not known.
struct Sources : testing::ToyJob {
  Sources() {
    plug_ins.objectives = {&Contrast()};
    plug_ins.label_sources = {&FinderInfo()};
    job.base.objectives = {{.objective = "toy-contrast"}};
    job.base.label_source = "finder";
    job.base.head = false;
    job.base.balance = "domains";
    job.options.identities_per_batch = 6;
    job.options.images_per_identity = 2;
    job.options.schedule.learning_rate = 1e-3;
    for (const int64_t label : job.labels) {
      job.domains.push_back(label / 2);
      job.known_labels.push_back(label < 4);
    }
    job.spec.norm = "rectified";
    job.spec.fusion = "mdif";
    job.spec.domains = {"first", "second", "third"};
  }
};

TEST(MultiSource, LearnsOnKnownAndFoundLabels) {
  Sources f;
  f.job.options.epochs = 8;
  const TrainResult result = Train(f.job, f.plug_ins);
  EXPECT_LT(result.history.back()["toy-contrast.pull"].get<double>(),
            result.history.front()["toy-contrast.pull"].get<double>());
  const auto state = result.model->State();
  for (const char* bank : {"0", "1", "2"}) {
    EXPECT_GT(state.at(std::string("backbone.bn1.bank") + bank + ".gate").abs().max().item<float>(),
              0)
        << bank;
  }
  EXPECT_TRUE(at::equal(state.at("fusion.rows"), at::full({3}, 4, at::kLong)));
}

TEST(MultiSource, ResumesToTheSameBytesAfterDying) {
  Sources f;
  const TemporaryFolder folder;
  const TrainResult whole = Train(f.job, f.plug_ins);
  f.job.checkpoint_file = JoinPath(folder.path(), "checkpoint.safetensors");
  g_dies = true;
  EXPECT_THROW(Train(f.job, f.plug_ins), Error);
  g_dies = false;
  ASSERT_TRUE(FileExists(f.job.checkpoint_file));
  const TrainResult resumed = Train(f.job, f.plug_ins);
  ExpectEqualWeights(*whole.model, *resumed.model);
  EXPECT_EQ(whole.history, resumed.history);
}

// Stage two begins as stage one ended, the third data set as the second.
TEST(MultiSource, StartsFromAModelOfTheSources) {
  Sources f;
  const TemporaryFolder folder;
  ModelSpec sources = f.job.spec;
  sources.domains = {"first", "second"};
  sources.fusion = "none";
  const auto start = Model::Make(sources, 77);
  start->State().at("backbone.bn1.bank0.running_mean").fill_(3);
  start->State().at("backbone.bn1.bank1.running_mean").fill_(5);
  SaveModel(folder.path(), *start, {}, {});
  f.job.init_weights = folder.path();
  f.job.options.schedule.learning_rate = 0;
  f.job.options.epochs = 1;
  f.job.options.optimisation.freeze_backbone_epochs = 1;
  const auto state = Train(f.job, f.plug_ins).model->State();
  EXPECT_TRUE(at::equal(state.at("backbone.bn1.bank0.running_mean"), at::full({16}, 3.0F)));
  EXPECT_TRUE(at::equal(state.at("backbone.bn1.bank1.running_mean"), at::full({16}, 5.0F)));
  EXPECT_TRUE(at::equal(state.at("backbone.bn1.bank2.running_mean"), at::full({16}, 5.0F)));
}

// Batches of seven straddle the data sets.
TEST(MultiSource, FeaturesAreExtractedByEachImagesOwnBank) {
  Sources f;
  const auto model = Model::Make(f.job.spec, 3);
  int bank = 0;
  for (const char* name : {"0", "1", "2"})
    model->State()
        .at(std::string("backbone.bn1.bank") + name + ".running_mean")
        .fill_(0.1 * bank++);
  EmbedOptions options;
  options.quiet = true;
  options.batch_size = 7;
  options.domains = f.job.domains;
  const FloatMatrix mixed = Embed(*model, f.images, options);
  for (int64_t domain = 0; domain < 3; ++domain) {
    options.domains = {domain};
    const FloatMatrix alone = Embed(*model, f.images, options);
    for (size_t row = 0; row < mixed.rows(); ++row) {
      double difference = 0;
      for (size_t k = 0; k < mixed.cols(); ++k)
        difference = std::max<double>(difference, std::fabs(mixed.row(row)[k] - alone.row(row)[k]));
      if (f.job.domains[row] == domain) {
        EXPECT_LT(difference, 1e-4) << row;
      } else {
        EXPECT_GT(difference, 1e-3) << row;
      }
    }
  }
}

}  // namespace
}  // namespace bcr
