// The mean teacher: how it follows (fact sheet on auxiliary methods, section 7.9), what it answers, and
// that a run with it scores the model that was asked for and resumes to the same bytes.
#include "harness/train/mean_teacher.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/nn/model.h"
#include "harness/train/trainer.h"
#include "tests/unit/methods/stopped_training.h"
#include "tests/unit/train/toy_job.h"

namespace bcr {
namespace {

using State = std::map<std::string, at::Tensor>;

void FillParameters(Model& model, double value) {
  const at::NoGradGuard no_grad;
  for (at::Tensor& p : model.Parameters()) p.fill_(value);
}

std::unique_ptr<Model> Student() {
  ModelSpec spec;
  spec.height = 32;
  spec.width = 16;
  spec.classes = 3;
  return Model::Make(spec, 1);
}

// What every parameter of the teacher is after students of these values.
std::vector<double> Followed(const TeacherChoice& choice, double start,
                             const std::vector<double>& students) {
  const auto student = Student();
  FillParameters(*student, start);
  MeanTeacher teacher(choice, *student, "fp32", 0);
  std::vector<double> values;
  for (const double value : students) {
    FillParameters(*student, value);
    teacher.Follow();
    values.push_back(teacher.model().Parameters().front().flatten()[0].item<double>());
    for (const at::Tensor& p : teacher.model().Parameters())
      EXPECT_NEAR((p - values.back()).abs().max().item<double>(), 0, 1e-6);
  }
  return values;
}

TEST(MeanTeacher, FollowsByTheSheetsVectors) {
  const std::vector<double> warm = Followed({}, 0, {1, 2, 3, 4}), expected = {1, 1.5, 2, 2.5};
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(warm[i], expected[i], 1e-6) << i;
  EXPECT_NEAR(Followed({.warm_up = false}, 10, {1, 2, 3}).back(), 9.97602599, 1e-5);
  EXPECT_NEAR(Followed({.decay = 0.5}, 0, {1, 1, 1, 5})[3], 3, 1e-6) << "at most a";
}

struct ImageBatch : Batch {
  ImageBatch() {
    at::manual_seed(2);
    Set(Slot::kImages, at::randn({6, 3, 32, 16}));
  }
};

TEST(MeanTeacher, ItsStatisticsAreOfItsOwnPasses) {
  const auto student = Student();
  MeanTeacher teacher({}, *student, "fp32", 0);
  ImageBatch batch;
  const at::Tensor mean = teacher.model().State().at("backbone.bn1.running_mean").clone();
  teacher.Answer(batch);
  EXPECT_FALSE(at::equal(teacher.model().State().at("backbone.bn1.running_mean"), mean));
  EXPECT_FALSE(batch[Slot::kTeacherLogits].requires_grad());
  student->SetTraining(true);  // a copy: it says the same of the same batch
  at::Tensor logits;
  student->Forward(batch[Slot::kImages], nullptr, nullptr, &logits);
  EXPECT_TRUE(at::allclose(batch[Slot::kTeacherLogits], logits, 1e-4, 1e-5));
  teacher.Follow();
  EXPECT_TRUE(at::equal(teacher.model().State().at("backbone.bn1.running_mean"),
                        student->State().at("backbone.bn1.running_mean")));
}

TEST(MeanTeacher, OrAveragedAsTheParameters) {
  const auto student = Student();
  MeanTeacher teacher({.decay = 0.5, .warm_up = false, .own_statistics = false}, *student, "fp32",
                      0);
  ImageBatch batch;
  const State before = teacher.model().State();
  const at::Tensor mean = before.at("backbone.bn1.running_mean").clone();
  teacher.Answer(batch);
  EXPECT_TRUE(at::equal(teacher.model().State().at("backbone.bn1.running_mean"), mean))
      << "its passes are in evaluation mode";
  student->SetTraining(true);
  at::Tensor logits;
  student->Forward(batch[Slot::kImages], nullptr, nullptr, &logits);
  teacher.Follow();
  const State after = teacher.model().State(), students = student->State();
  EXPECT_TRUE(at::allclose(after.at("backbone.bn1.running_mean"),
                           (mean + students.at("backbone.bn1.running_mean")) / 2));
  EXPECT_EQ(after.at("neck.num_batches_tracked").item<int64_t>(), 1);
}

TEST(MeanTeacher, ItSaysCosinesWhereTheHeadDoes) {
  const auto student = Student();
  ImageBatch plain, cosines;
  MeanTeacher({}, *student, "fp32", 0).Answer(plain);
  MeanTeacher({}, *student, "fp32", 30).Answer(cosines);
  EXPECT_LE(cosines[Slot::kTeacherLogits].abs().max().item<double>(), 30.0001);
  EXPECT_FALSE(at::allclose(plain[Slot::kTeacherLogits], cosines[Slot::kTeacherLogits]));
}

// Cross-entropy, and the squared gap to what the teacher says.
class Consistent : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    terms.Add("ce", at::cross_entropy_loss(batch[Slot::kLogits], batch[Slot::kLabels]));
    terms.Log("teacher", batch.Has(Slot::kTeacherLogits) ? 1.0 : 0.0);
    if (batch.Has(Slot::kTeacherLogits))
      terms.Add("gap", (batch[Slot::kLogits] - batch[Slot::kTeacherLogits]).pow(2).mean());
  }
};

const ObjectiveInfo& ConsistentInfo() {
  static const ObjectiveInfo info = {
      .name = "consistent",
      .revision = 1,
      .parameters = R"({"decay": 0.9, "own": true, "answers": true})",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        reader.Number("decay", 0, 1);
        reader.Bool("own");
        reader.Bool("answers");
        return std::make_unique<Consistent>();
      },
      .teacher =
          [](const Json& parameters) {
            return TeacherChoice{.decay = parameters.at("decay").get<double>(),
                                 .warm_up = false,
                                 .own_statistics = parameters.at("own").get<bool>(),
                                 .answers = parameters.at("answers").get<bool>()};
          }};
  return info;
}

struct Fixture : testing::ToyJob {
  explicit Fixture(const std::string& parameters = "{}") {
    plug_ins.objectives = {&ConsistentInfo()};
    job.base.objectives = {{.objective = "consistent", .parameters = parameters}};
    job.options.epochs = 2;
  }
  TrainResult Scoring(bool teacher) {
    job.base.teacher_is_scored = teacher;
    return Train(job, plug_ins);
  }
};

TEST(MeanTeacher, TheModelThatIsAskedForIsTheResult) {
  Fixture f;
  const TrainResult student = f.Scoring(false), teacher = f.Scoring(true);
  EXPECT_EQ(student.history, teacher.history);
  EXPECT_EQ(student.history[0]["consistent.teacher"], 1.0);
  EXPECT_FALSE(at::equal(student.model->State().at("head.weight"),
                         teacher.model->State().at("head.weight")));
  EXPECT_FALSE(teacher.model->training());
  // One that keeps nothing of itself is the student; asked nothing, it takes no pass of its own.
  Fixture same(R"({"decay": 0, "own": false, "answers": false})");
  const TrainResult first = same.Scoring(false);
  testing::ExpectEqualWeights(*first.model, *same.Scoring(true).model);
  EXPECT_EQ(first.history[0]["consistent.teacher"], 0.0);
}

TEST(MeanTeacher, StoppedAndResumedItEndsWithTheSameBytes) {
  for (const char* parameters : {"{}", R"({"own": false})"}) {
    Fixture f(parameters);
    f.job.options.epochs = 3;
    f.job.options.optimisation.accumulate = 2;
    f.job.options.optimisation.freeze_backbone_epochs = 1;
    f.job.base.teacher_is_scored = true;
    testing::TrainWithAndWithoutStops(f);
  }
}

TEST(MeanTeacher, OfAFrozenBackboneTheStatisticsStay) {
  Fixture f;
  f.job.options.optimisation.freeze_backbone_epochs = 2;
  const State student = f.Scoring(false).model->State(), teacher = f.Scoring(true).model->State();
  for (const auto& [name, tensor] : teacher) {
    if (!name.starts_with("backbone.")) continue;
    EXPECT_TRUE(at::equal(tensor, student.at(name))) << name;
  }
}

TEST(MeanTeacher, WithoutOneNothingElseIsScored) {
  Fixture f;
  static const ObjectiveInfo plain = {
      .name = "plain", .revision = 1, .parameters = "{}", .make = [](JsonReader&) {
        return std::unique_ptr<Objective>(std::make_unique<Consistent>());
      }};
  f.plug_ins.objectives.push_back(&plain);
  f.job.base.objectives = {{.objective = "plain"}};
  f.job.base.teacher_is_scored = true;
  try {
    CheckRecipe(f.job.base, {}, f.plug_ins);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    EXPECT_NE(std::string(error.what()).find("base toy: scored"), std::string::npos)
        << error.what();
  }
}

TEST(MeanTeacher, ThereIsOneKindInATraining) {
  Fixture f;
  f.job.base.objectives.push_back({.objective = "consistent"});
  f.Scoring(false);
  f.job.base.objectives.back().parameters = R"({"decay": 0.5})";
  EXPECT_THROW(f.Scoring(false), Error);
}

}  // namespace
}  // namespace bcr
