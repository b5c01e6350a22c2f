// Batches whose images are mixed: who sees them, what they are, and that a run with them repeats and
// resumes. Also heads that are trained by cosines: what everybody else gets for logits.
#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/data/loader.h"
#include "harness/train/batch_filler.h"
#include "harness/train/batch_mixer.h"
#include "harness/train/trainer.h"
#include "tests/unit/train/toy_job.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using testing::ExpectEqualWeights;
using ::testing::HasSubstr;

int g_die_in_epoch = -1;

// Two images that may be mixed change places, a quarter of each stays; by a box where there is one.
class Swap : public Augmenter {
 public:
  Swap(double share, int bottom, double probability)
      : share_(share), bottom_(bottom), probability_(probability) {}
  bool mixes_batches() const override { return probability_ > 0; }
  std::optional<BatchMix> Mix(uint64_t seed, const MixableBatch& batch) const override {
    Random random(seed);
    if (!random.Chance(probability_)) return std::nullopt;
    BatchMix mix;
    mix.share = share_;
    for (size_t i = 0; i < batch.size; ++i) mix.partner.push_back(static_cast<int64_t>(i));
    for (size_t i = 0; i + 1 < batch.places.size(); i += 2)
      std::swap(mix.partner[batch.places[i]], mix.partner[batch.places[i + 1]]);
    mix.bottom = bottom_;
    mix.right = bottom_ > 0 ? batch.width : 0;
    return mix;
  }

 private:
  double share_;
  int bottom_;
  double probability_;
};

const AugmenterInfo& SwapInfo() {
  static const AugmenterInfo info = {
      .name = "swap",
      .revision = 1,
      .about = "test",
      .source = "test",
      .parameters = R"({"share": 0.25, "bottom": 0, "probability": 1.0})",
      .make = [](JsonReader& reader) -> std::unique_ptr<Augmenter> {
        const double share = reader.Number("share", 0, 1);
        const auto bottom = static_cast<int>(reader.Integer("bottom", 0, 32));
        return std::make_unique<Swap>(share, bottom, reader.Number("probability", 0, 1));
      }};
  return info;
}

at::Tensor CrossEntropyOf(const Batch& batch) {
  return at::cross_entropy_loss(batch[Slot::kLogits], batch[Slot::kLabels], {}, at::Reduction::Mean,
                                -1);
}

// A classifier's loss. `call` is 1 the first time it is asked for a batch, and 2 the second time.
class Classifier : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    if (batch.epoch == g_die_in_epoch) throw Error(ErrorCode::kInternal, {"toy", "died", "", ""});
    ++call_;
    terms.Add("ce", CrossEntropyOf(batch));
    terms.Log("call", static_cast<double>(call_));
    terms.Log("old", batch.Has(Slot::kOldFeatures) ? 1.0 : 0.0);
    terms.Log("largest", batch[Slot::kLogits].abs().max());
  }
  void AfterStep(const Batch&) override { call_ = 0; }

 private:
  int call_ = 0;
};

// Sees the batch as it was loaded.
class Witness : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    terms.Log("sum", batch[Slot::kAfterNeck].abs().sum());
    terms.Log("mixed", batch[Slot::kOrigin].eq(2).to(at::kFloat).mean());
    terms.Log("largest", batch[Slot::kLogits].abs().max());
  }
};

template <typename T>
ObjectiveInfo InfoOf(const std::string& name, bool classifies) {
  return {.name = name,
          .revision = 1,
          .parameters = "{}",
          .make = [](JsonReader&) -> std::unique_ptr<Objective> { return std::make_unique<T>(); },
          .classifies = classifies};
}

const ObjectiveInfo& ClassifierInfo() {
  static const ObjectiveInfo info = InfoOf<Classifier>("classifier", true);
  return info;
}
const ObjectiveInfo& WitnessInfo() {
  static const ObjectiveInfo info = InfoOf<Witness>("witness", false);
  return info;
}
// Trains the head by cosines times its parameter.
const ObjectiveInfo& CosineInfo() {
  static const ObjectiveInfo info = {
      .name = "cosine",
      .revision = 1,
      .parameters = R"({"scale": 5.0})",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        reader.Number("scale", 0, 100);
        return std::make_unique<Classifier>();
      },
      .head_scale = [](const Json& parameters) { return parameters.at("scale").get<double>(); },
      .classifies = true};
  return info;
}

struct Fixture : testing::ToyJob {
  explicit Fixture(const std::string& swap = "{}") : ToyJob(2) {
    plug_ins.objectives = {&ClassifierInfo(), &WitnessInfo(), &CosineInfo()};
    plug_ins.augmenters = {&SwapInfo()};
    job.base.objectives = {{.objective = "classifier"}, {.objective = "witness"}};
    job.base.augmenters = {{.augmenter = "swap", .parameters = swap}};
    job.options.epochs = 2;
  }
};

// Images that lie beside each other change places; the third is generated and the fourth without a
// label.
TEST(BatchMixer, MixesImagesAndLabelsOfThoseThatMayBeMixed) {
  for (const int bottom : {0, 20}) {
    Fixture f;
    f.job.labels[3] = -1;
    f.job.spec.classes = 6;
    const auto model = Model::Make(f.job.spec, 5);
    BatchFiller filler(f.job, *model, 0, false);
    LabelSet labels;
    labels.labels = f.job.labels;
    labels.classes = 6;
    filler.SetLabels(labels);
    LoadedBatch loaded;
    loaded.rows = {0, 8, 2, 3, 16};
    loaded.origins = {0, 0, 1, 0, 0};
    Random random(4);
    for (int i = 0; i < 5 * 3 * 32 * 16; ++i)
      loaded.pixels.push_back(static_cast<float>(random.Normal()));
    Batch batch;
    filler.Fill(loaded, batch);
    filler.Derive(batch);
    const auto augmenters = MakeAugmenters(
        f.plug_ins.augmenters,
        {{.augmenter = "swap", .parameters = R"({"bottom": )" + std::to_string(bottom) + "}"}},
        "test");
    const MixedBatch mixed = BatchMixer(augmenters, 1).Mix(batch, 0, "cpu", filler);
    ASSERT_TRUE(mixed.own);
    EXPECT_EQ(mixed.share, 0.25);
    EXPECT_THAT(mixed.own->labels, ElementsAre(0, 1, 0, -1, 2));
    EXPECT_THAT(mixed.other->labels, ElementsAre(1, 0, 0, -1, 2));
    for (const Batch* one : {mixed.own.get(), mixed.other.get()}) {
      EXPECT_TRUE(at::equal((*one)[Slot::kLabels], at::tensor(one->labels, at::kLong)));
      EXPECT_TRUE(at::equal((*one)[Slot::kValid], (*one)[Slot::kLabels] >= 0));
    }
    const at::Tensor images = batch[Slot::kImages];
    at::Tensor expected = images.clone();
    for (const auto& [i, partner] : {std::pair(0, 1), std::pair(1, 0)}) {
      if (bottom == 0) {
        expected[i] = images[i] * 0.25 + images[partner] * 0.75;
      } else {
        expected[i].narrow(1, 0, bottom).copy_(images[partner].narrow(1, 0, bottom));
      }
    }
    at::Tensor features;
    model->Forward(expected, nullptr, &features, nullptr);
    EXPECT_TRUE(at::allclose((*mixed.own)[Slot::kAfterNeck], features, 1e-4, 1e-5)) << bottom;
    EXPECT_TRUE(at::allclose((*mixed.own)[Slot::kLogits],
                             at::linear((*mixed.own)[Slot::kAfterNeck], model->head_weight())));
    EXPECT_FALSE(mixed.own->Has(Slot::kImages)) << "nothing but what a classifier needs";
  }
}

TEST(Mixing, AClassifierComputesOnMixedImagesUnderBothLabellings) {
  Fixture f;
  f.AddOldModel();
  const Json last = Train(f.job, f.plug_ins).history.back();
  EXPECT_NEAR(last["classifier.call"].get<double>(), 0.25 * 1 + 0.75 * 2, 1e-12);
  EXPECT_EQ(last["classifier.old"], 0.0);
  EXPECT_EQ(last["witness.mixed"], 0.0);
}

// Of a feature with one part, that part's classifier is the whole one.
TEST(Mixing, AClassifierOfPartsComputesOnMixedImagesToo) {
  const auto weights = [](ObjectiveUse::Over over) {
    Fixture f;
    f.job.base.objectives[0].over = over;
    return Train(f.job, f.plug_ins);
  };
  const TrainResult whole = weights(ObjectiveUse::Over::kWhole);
  const TrainResult parted = weights(ObjectiveUse::Over::kParts);
  ExpectEqualWeights(*whole.model, *parted.model);
  EXPECT_EQ(whole.history, parted.history);
}

TEST(Mixing, WithoutItAClassifierIsAskedOnce) {
  Fixture f(R"({"probability": 0.0})");
  f.AddOldModel();
  const Json last = Train(f.job, f.plug_ins).history.back();
  EXPECT_EQ(last["classifier.call"], 1.0);
  EXPECT_EQ(last["classifier.old"], 1.0);
}

// With weights that stay as they are, the batches of both runs have the same features for everybody
// but the classifier.
TEST(Mixing, OthersSeeTheBatchAsItWasLoaded) {
  const auto history = [](const char* swap) {
    Fixture f(swap);
    f.job.options.schedule.learning_rate = 0;
    return Train(f.job, f.plug_ins).history.back();
  };
  const Json mixed = history(R"({"share": 0.5})"), plain = history(R"({"probability": 0.0})");
  EXPECT_EQ(mixed["witness.sum"], plain["witness.sum"]);
  EXPECT_NE(mixed["classifier.ce"], plain["classifier.ce"]);
}

TEST(Mixing, ARunRepeatsAndResumesToTheSameBytes) {
  Fixture f(R"({"probability": 0.5})");
  f.job.options.epochs = 4;
  const TrainResult whole = Train(f.job, f.plug_ins);
  f.job.options.loader_workers = 3;
  ExpectEqualWeights(*whole.model, *Train(f.job, f.plug_ins).model);
  const TemporaryFolder folder;
  f.job.checkpoint_file = JoinPath(folder.path(), "checkpoint.safetensors");
  g_die_in_epoch = 2;
  EXPECT_THROW(Train(f.job, f.plug_ins), Error);
  g_die_in_epoch = -1;
  const TrainResult resumed = Train(f.job, f.plug_ins);
  ExpectEqualWeights(*whole.model, *resumed.model);
  EXPECT_EQ(whole.history, resumed.history);
  double call = 0;
  for (const Json& epoch : whole.history) call += epoch["classifier.call"].get<double>() / 4;
  EXPECT_TRUE(call > 1 && call < 1.75) << "some batches are mixed, and some are not: " << call;
}

TEST(Mixing, WithoutAClassifierItIsRefused) {
  Fixture f;
  f.job.base.objectives = {{.objective = "witness"}};
  f.job.base.name = "metric";
  try {
    CheckRecipe(f.job.base, {}, f.plug_ins);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("base metric"), HasSubstr("classifies")));
  }
  f.job.base.objectives.push_back({.objective = "classifier"});
  EXPECT_NO_THROW(CheckRecipe(f.job.base, {}, f.plug_ins));
}

// Everybody gets the logits that the head is trained by.
TEST(CosineHead, LogitsAreCosinesTimesTheScale) {
  Fixture f(R"({"probability": 0.0})");
  f.job.base.objectives = {{.objective = "cosine", .parameters = R"({"scale": 7.0})"},
                           {.objective = "witness"}};
  const Json last = Train(f.job, f.plug_ins).history.back();
  EXPECT_LE(last["witness.largest"].get<double>(), 7.0 + 1e-5);
  EXPECT_GT(last["witness.largest"].get<double>(), 1.0);
  EXPECT_EQ(last["witness.largest"], last["cosine.largest"]);
}

TEST(CosineHead, MixedImagesHaveThemAsWell) {
  Fixture f;
  f.job.base.objectives = {{.objective = "cosine"}};
  const Json last = Train(f.job, f.plug_ins).history.back();
  EXPECT_LE(last["cosine.largest"].get<double>(), 5.0 + 1e-5);
  EXPECT_GT(last["cosine.largest"].get<double>(), 0.5);
}

TEST(CosineHead, TwoScalesAreRefused) {
  Fixture f;
  f.job.base.objectives = {{.objective = "cosine"},
                           {.objective = "cosine", .parameters = R"({"scale": 7.0})"}};
  try {
    CheckRecipe(f.job.base, {}, f.plug_ins);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("5"), HasSubstr("7"), HasSubstr("one scale")));
  }
}

}  // namespace
}  // namespace bcr
