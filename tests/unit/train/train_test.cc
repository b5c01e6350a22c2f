// Training end to end on a drawn toy set: learns, repeats to the same bytes, and resumes to the
// same bytes after dying.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/random.h"
#include "harness/features/width.h"
#include "harness/nn/threads.h"
#include "harness/nn/weights.h"
#include "harness/train/trainer.h"
#include "harness/train/width.h"
#include "tests/unit/train/toy_job.h"

namespace bcr {
namespace {

using testing::ExpectEqualWeights;

bool g_die_in_epoch_two = false;

// Cross-entropy on the head, plus a counter that has to survive a resumed run; dies on demand.
class ToyObjective : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    if (g_die_in_epoch_two && batch.epoch == 2)
      throw Error(ErrorCode::kInternal, {"toy", "died", "", ""});
    terms.Add("ce", at::cross_entropy_loss(batch[Slot::kLogits], batch[Slot::kLabels]));
    if (batch.Has(Slot::kOldFeatures)) {
      terms.Add("old", (batch[Slot::kCompatible] - batch[Slot::kOldFeatures]).pow(2).mean() *
                           learned_.exp());
    }
    terms.Log("steps_seen", static_cast<double>(++steps_));
  }
  std::vector<at::Tensor> Parameters() override { return {learned_}; }
  void Save(std::map<std::string, at::Tensor>& state) override {
    state["steps"] = at::tensor({steps_}, at::kLong);
  }
  void Load(const std::map<std::string, at::Tensor>& state) override {
    steps_ = state.at("steps").item<int64_t>();
  }

 private:
  int64_t steps_ = 0;
  at::Tensor learned_ = at::zeros({}, at::kFloat).set_requires_grad(true);
};

const ObjectiveInfo& Toy() {
  static const ObjectiveInfo info = {.name = "toy",
                                     .revision = 1,
                                     .parameters = "{}",
                                     .make = [](JsonReader&) -> std::unique_ptr<Objective> {
                                       return std::make_unique<ToyObjective>();
                                     }};
  return info;
}

struct Fixture : testing::ToyJob {
  Fixture() : ToyJob(2) {
    plug_ins.objectives = {&Toy()};
    job.base.objectives = {{.objective = "toy"}};
  }
};

TEST(Train, LossFalls) {
  Fixture f;
  f.job.options.epochs = 10;
  f.job.options.schedule.milestones = {};
  const TrainResult result = Train(f.job, f.plug_ins);
  ASSERT_EQ(result.history.size(), 10U);
  EXPECT_LT(result.history.back()["toy.ce"].get<double>(),
            0.7 * result.history.front()["toy.ce"].get<double>());
  EXPECT_GT(result.steps, 0);
  EXPECT_EQ(result.images, result.steps * 16);
}

TEST(Train, SameJobGivesTheSameBytes) {
  Fixture f;
  const TrainResult first = Train(f.job, f.plug_ins);
  const TrainResult second = Train(f.job, f.plug_ins);
  ExpectEqualWeights(*first.model, *second.model);
  EXPECT_EQ(first.history, second.history);
  f.job.seed = 10;
  EXPECT_NE(Train(f.job, f.plug_ins).history, first.history);
}

// A model with an embedding may start from one without: what stands before the embedding is taken
// over, the rest is drawn.
TEST(Train, StartsFromAModelOfAnotherEmbedding) {
  Fixture f;
  const TemporaryFolder folder;
  const auto start = Model::Make(f.job.spec, 77);
  SaveModel(folder.path(), *start, {}, {});
  f.job.init_weights = folder.path();
  f.job.spec.embedding = 40;
  f.job.options.schedule.learning_rate = 0;
  const TrainResult result = Train(f.job, f.plug_ins);
  EXPECT_EQ(result.model->feature_width(), 40);
  const auto from = start->State();
  size_t equal = 0;
  for (const auto& [name, tensor] : result.model->State()) {
    if (name.starts_with("backbone.") && name.ends_with(".weight") && tensor.dim() == 4)
      equal += at::equal(tensor, from.at(name)) ? 1 : 0;
  }
  EXPECT_GT(equal, 5U);
}

// Each pools in its own way: the exponent of generalised means is left over, or starts as it always does.
TEST(Train, StartsFromAModelThatPoolsOtherwise) {
  Fixture f;
  const TemporaryFolder folder;
  for (const char* pooling : {"avg", "gem"}) {
    f.job.spec.pooling = pooling == std::string("avg") ? "gem" : "avg";
    const auto start = Model::Make(f.job.spec, 77);
    SaveModel(folder.path(), *start, {}, {});
    f.job.init_weights = folder.path();
    f.job.spec.pooling = pooling;
    f.job.options.schedule.learning_rate = 0;
    const TrainResult result = Train(f.job, f.plug_ins);
    const auto state = result.model->State();
    EXPECT_EQ(state.contains("pool.p"), pooling == std::string("gem"));
    for (const auto& [name, tensor] : result.model->State()) {
      if (!name.starts_with("backbone.") || tensor.dim() != 4) continue;
      EXPECT_TRUE(at::equal(tensor, start->State().at(name))) << name;
    }
  }
}

TEST(Train, LoaderThreadsDoNotChangeBytes) {
  Fixture f;
  f.job.options.loader_workers = 0;
  const TrainResult inline_result = Train(f.job, f.plug_ins);
  f.job.options.loader_workers = 3;
  ExpectEqualWeights(*inline_result.model, *Train(f.job, f.plug_ins).model);
}

TEST(Train, ResumesToTheSameBytesAfterDying) {
  Fixture f;
  f.AddOldModel();
  f.job.widths = "project";
  const TemporaryFolder folder;
  const TrainResult whole = Train(f.job, f.plug_ins);
  f.job.checkpoint_file = JoinPath(folder.path(), "checkpoint.safetensors");
  g_die_in_epoch_two = true;
  EXPECT_THROW(Train(f.job, f.plug_ins), Error);
  g_die_in_epoch_two = false;
  ASSERT_TRUE(FileExists(f.job.checkpoint_file));
  const TrainResult resumed = Train(f.job, f.plug_ins);
  ExpectEqualWeights(*whole.model, *resumed.model);
  EXPECT_EQ(whole.history, resumed.history);
  EXPECT_EQ(whole.steps, resumed.steps);
  ASSERT_EQ(resumed.projections.size(), 1U);
  const FloatMatrix& first = whole.projections[0];
  const FloatMatrix& second = resumed.projections[0];
  ASSERT_EQ(second.rows(), f.job.old_models[0].features.cols());
  for (size_t i = 0; i < first.rows() * first.cols(); ++i)
    ASSERT_EQ(first.data()[i], second.data()[i]);
}

// The weights of a training that had to begin anew, and what was said about it.
std::string ExpectAFreshStart(Fixture& f, Model& whole) {
  ::testing::internal::CaptureStderr();
  const TrainResult result = Train(f.job, f.plug_ins);
  const std::string said = ::testing::internal::GetCapturedStderr();
  ExpectEqualWeights(whole, *result.model);
  EXPECT_NE(said.find("damaged: " + f.job.checkpoint_file), std::string::npos) << said;
  EXPECT_NE(said.find("starts anew"), std::string::npos) << said;
  return said;
}

TEST(Train, ACheckpointOfAnotherArchitectureIsNotTakenUp) {
  Fixture f;
  const TemporaryFolder folder;
  f.job.options.epochs = 1;
  const std::string file = JoinPath(folder.path(), "checkpoint.safetensors");
  f.job.checkpoint_file = file;
  Train(f.job, f.plug_ins);
  f.job.spec.backbone = "micro32";
  f.job.checkpoint_file = "";
  const TrainResult whole = Train(f.job, f.plug_ins);
  f.job.checkpoint_file = file;
  ExpectAFreshStart(f, *whole.model);
}

TEST(Train, ADamagedCheckpointIsNotTrainedOn) {
  Fixture f;
  f.AddOldModel();
  const TemporaryFolder folder;
  const TrainResult whole = Train(f.job, f.plug_ins);
  f.job.checkpoint_file = JoinPath(folder.path(), "checkpoint.safetensors");
  g_die_in_epoch_two = true;
  EXPECT_THROW(Train(f.job, f.plug_ins), Error);
  g_die_in_epoch_two = false;
  const std::string sound = ReadFile(f.job.checkpoint_file);
  Random random(3);
  // Of the header's length, the header, and tensors near the front, in the middle and at the end.
  for (const size_t at :
       {size_t{0}, size_t{60}, sound.size() / 4, sound.size() / 2, sound.size() - 1}) {
    std::string bytes = sound;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.Below(8)));
    WriteFileAtomic(f.job.checkpoint_file, std::string_view(bytes));
    SCOPED_TRACE(at);
    ExpectAFreshStart(f, *whole.model);
  }
}

// Which feature the compatible one is made of.
class Sides : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor& compatible = batch[Slot::kCompatible];
    terms.Add("zero", compatible.sum() * 0.0);
    terms.Log("before", at::equal(compatible, batch[Slot::kBeforeNeck]) ? 1 : 0);
    terms.Log("after", at::equal(compatible, batch[Slot::kAfterNeck]) ? 1 : 0);
  }
};

// What is compared with the old model is what is scored.
TEST(Train, TheCompatibleFeatureIsOfTheScoredSide) {
  static const ObjectiveInfo sides = {
      .name = "sides",
      .revision = 1,
      .parameters = "{}",
      .make = [](JsonReader&) -> std::unique_ptr<Objective> { return std::make_unique<Sides>(); }};
  Fixture f;
  f.AddOldModel();
  f.plug_ins.objectives.push_back(&sides);
  f.job.compatibility = {{.objective = "sides"}};
  f.job.options.epochs = 1;
  const Json after = Train(f.job, f.plug_ins).history[0];
  EXPECT_EQ(after["sides.after"], 1.0);
  EXPECT_EQ(after["sides.before"], 0.0);
  f.job.side = FeatureSide::kBeforeNeck;
  const Json before = Train(f.job, f.plug_ins).history[0];
  EXPECT_EQ(before["sides.after"], 0.0);
  EXPECT_EQ(before["sides.before"], 1.0);
}

class NotFinite : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    terms.Add("bad", batch[Slot::kAfterNeck].sum() * (batch.progress > 0 ? std::nan("") : 1e-3));
  }
};

TEST(Train, NonFiniteLossNamesTheTerm) {
  Fixture f;
  static const ObjectiveInfo bad = {.name = "bad",
                                    .revision = 1,
                                    .parameters = "{}",
                                    .make = [](JsonReader&) -> std::unique_ptr<Objective> {
                                      return std::make_unique<NotFinite>();
                                    }};
  f.plug_ins.objectives.push_back(&bad);
  f.job.compatibility = {{.objective = "bad"}};
  const TemporaryFolder folder;
  f.job.checkpoint_file = JoinPath(folder.path(), "checkpoint.safetensors");
  try {
    Train(f.job, f.plug_ins);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kTraining);
    EXPECT_NE(std::string(error.what()).find("bad.bad"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("epoch 1, step 2"), std::string::npos) << error.what();
  }
  EXPECT_FALSE(FileExists(f.job.checkpoint_file)) << "weights that such a loss made are not stored";
}

// What a model is trained with is what its rows are scored with.
TEST(CompatibleFeatures, AgreeWithTheRowsThatAreScored) {
  FloatMatrix features(1, 3), projection(2, 3);
  for (int c = 0; c < 3; ++c) features.data()[c] = static_cast<float>(c + 1);
  projection.row(0)[2] = 1;
  projection.row(1)[0] = 2;
  const auto tensor = [](FloatMatrix& m) {
    return at::from_blob(m.data(),
                         {static_cast<int64_t>(m.rows()), static_cast<int64_t>(m.cols())});
  };
  const auto row = [&](size_t width, const std::string& policy) {
    const at::Tensor trained = CompatibleFeatures(tensor(features), static_cast<int64_t>(width),
                                                  policy, tensor(projection))
                                   .contiguous();
    const float* values = trained.data_ptr<float>();
    const auto scored =
        RowsInWidth(NewMatrixRows(features.view()), width, {policy}, "rows", &projection);
    std::vector<float> scratch(width);
    const float* there = scored->Row(0, scratch.data());
    EXPECT_EQ(std::vector<float>(there, there + width), std::vector<float>(values, values + width));
    return std::vector<float>(values, values + width);
  };
  EXPECT_EQ(row(3, "equal"), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(row(2, "truncate"), (std::vector<float>{1, 2}));
  EXPECT_EQ(row(4, "pad"), (std::vector<float>{1, 2, 3, 0}));
  EXPECT_EQ(row(2, "project"), (std::vector<float>{3, 2}));
  EXPECT_THROW(row(2, "equal"), Error);
  EXPECT_THROW(row(4, "truncate"), Error);
}

}  // namespace
}  // namespace bcr
