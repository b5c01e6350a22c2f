// Augmenters beside the trainer: the chain of changes, and added images on their way from a folder
// through the loader to an objective. The augmenters of this test stand in no table.
#include "harness/train/augmenter.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/train/trainer.h"
#include "tests/unit/train/toy_job.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using testing::ExpectEqualWeights;
using ::testing::HasSubstr;

// Multiplies the first value and adds to it: the order of two of them shows.
class Affine : public Augmenter {
 public:
  Affine(double factor, double shift) : factor_(factor), shift_(shift) {}
  void Change(uint64_t seed, TrainingImage& image) const override {
    float& value = image.planes()[0];
    value = static_cast<float>(factor_ * value + shift_);
    image.planes()[1] = static_cast<float>(seed % 1000);
  }

 private:
  double factor_, shift_;
};

const AugmenterInfo& AffineInfo() {
  static const AugmenterInfo info = {.name = "affine",
                                     .revision = 1,
                                     .about = "test",
                                     .source = "test",
                                     .parameters = R"({"factor": 1.0, "shift": 0.0})",
                                     .make = [](JsonReader& reader) -> std::unique_ptr<Augmenter> {
                                       const double factor = reader.Number("factor", 0, 10);
                                       return std::make_unique<Affine>(
                                           factor, reader.Number("shift", -10, 10));
                                     }};
  return info;
}

// One grey picture for each of four images: half of them belong to class 1, half have no label.
class Grey : public Augmenter {
 public:
  explicit Grey(int per_batch) : per_batch_(per_batch) {}
  bool adds_images() const override { return true; }
  void MakeImages(const AugmentedList& list, const MakingPlace& place) const override {
    WriteFileAtomic(
        JoinPath(place.folder, "pixels"),
        std::string(static_cast<size_t>(list.images->height() * list.images->width() * 3),
                    static_cast<char>(128)));
    ++made;
  }
  AddedImages OpenImages(const AugmentedList& list, const std::string& folder) const override {
    AddedImages added;
    added.images =
        std::make_unique<Store>(ReadFile(JoinPath(folder, "pixels")), list.images->height());
    added.labels = {1, -1, 1, -1};
    added.origins = {2, 1, 2, 1};
    added.per_batch = per_batch_;
    return added;
  }
  static int made;

 private:
  class Store : public ImageStore {
   public:
    Store(std::string pixels, int height) : pixels_(std::move(pixels)), height_(height) {
      for (int i = 0; i < 4; ++i) images_.push_back({"grey" + std::to_string(i), "", ""});
    }
    size_t size() const override { return images_.size(); }
    int height() const override { return height_; }
    int width() const override { return static_cast<int>(pixels_.size()) / height_ / 3; }
    const uint8_t* pixels(size_t) const override {
      return reinterpret_cast<const uint8_t*>(pixels_.data());
    }
    const std::vector<ImageRecord>& images() const override { return images_; }
    const std::vector<std::string>& bad_images() const override { return bad_; }

   private:
    std::string pixels_;
    int height_;
    std::vector<ImageRecord> images_;
    std::vector<std::string> bad_;
  };
  int per_batch_;
};
int Grey::made = 0;

const AugmenterInfo& GreyInfo() {
  static const AugmenterInfo info = {
      .name = "grey",
      .revision = 1,
      .about = "test",
      .source = "test",
      .parameters = R"({"per_batch": 2})",
      .make = [](JsonReader& reader) -> std::unique_ptr<Augmenter> {
        return std::make_unique<Grey>(static_cast<int>(reader.Integer("per_batch", 0, 100)));
      }};
  return info;
}

// What an objective saw of the batches.
struct Seen {
  int64_t batches = 0, generated = 0, mixed = 0;
  std::set<int64_t> labels_of_generated, labels_of_mixed;
  bool grey_pixels = true;
  std::set<int64_t> cameras_of_added;
};
Seen g_seen;

class Witness : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    ++g_seen.batches;
    for (int64_t i = 0; i < batch[Slot::kOrigin].size(0); ++i) Note(batch, i);
    const at::Tensor labels = batch[Slot::kLabels].masked_fill(batch[Slot::kLabels] < 0, -100);
    terms.Add("ce", at::cross_entropy_loss(batch[Slot::kLogits], labels));
    if (batch.Has(Slot::kOldFeatures)) {
      const at::Tensor added = batch[Slot::kOldFeatures].index({batch[Slot::kOrigin] > 0});
      g_seen.grey_pixels = g_seen.grey_pixels && added.eq(7).all().item<bool>();
    }
  }

 private:
  static void Note(const Batch& batch, int64_t i) {
    const auto origin = batch[Slot::kOrigin][i].item<int64_t>();
    if (origin == 0) return;
    const auto label = batch[Slot::kLabels][i].item<int64_t>();
    ++(origin == 1 ? g_seen.generated : g_seen.mixed);
    (origin == 1 ? g_seen.labels_of_generated : g_seen.labels_of_mixed).insert(label);
    g_seen.cameras_of_added.insert(batch[Slot::kCameras][i].item<int64_t>());
    const at::Tensor red = batch[Slot::kImages][i][0];
    const bool grey = (red - (128 / 255.0 - 0.485) / 0.229).abs().max().item<float>() < 1e-4;
    g_seen.grey_pixels = g_seen.grey_pixels && grey;
  }
};

const ObjectiveInfo& WitnessInfo() {
  static const ObjectiveInfo info = {.name = "witness",
                                     .revision = 1,
                                     .parameters = "{}",
                                     .make = [](JsonReader&) -> std::unique_ptr<Objective> {
                                       return std::make_unique<Witness>();
                                     }};
  return info;
}

struct Fixture : testing::ToyJob {
  Fixture() {
    g_seen = {};
    Grey::made = 0;
    plug_ins.objectives = {&WitnessInfo()};
    plug_ins.augmenters = {&AffineInfo(), &GreyInfo()};
    job.base.objectives = {{.objective = "witness"}};
    job.options.epochs = 2;
  }
};

std::string Refusal(const Fixture& f) {
  try {
    Train(f.job, f.plug_ins);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "accepted";
  return "";
}

std::vector<float> Changed(const std::vector<AugmenterUse>& uses, uint64_t seed) {
  const auto augmenters = MakeAugmenters({&AffineInfo(), &GreyInfo()}, uses, "test");
  const std::vector<uint8_t> rgb(3 * 4, 0);
  std::vector<float> out(rgb.size());
  TrainingImage image(rgb.data(), 2, 2, out.data());
  for (int i = 0; i < 12; ++i) image.planes()[i] = 1;
  ChainOf(augmenters)(seed, image);
  return out;
}

TEST(Augmenter, ChangesAreAppliedInTheRecipesOrder) {
  const AugmenterUse doubled{.augmenter = "affine", .parameters = R"({"factor": 2})"};
  const AugmenterUse moved{.augmenter = "affine", .parameters = R"({"shift": 3})"};
  EXPECT_EQ(Changed({doubled, moved}, 1)[0], 5);
  EXPECT_EQ(Changed({moved, doubled}, 1)[0], 8);
  EXPECT_EQ(Changed({}, 1)[0], 1);
}

TEST(Augmenter, TheFirstGetsTheSamplesSeedAndOthersStreamsOfTheirOwn) {
  const AugmenterUse use{.augmenter = "affine"};
  EXPECT_EQ(Changed({use}, 123)[1], 123);
  EXPECT_NE(Changed({use, use}, 123)[1], 123);
  EXPECT_NE(Changed({use, use}, 123)[1], Changed({use, use, use}, 123)[1]);
  EXPECT_EQ(Changed({use, use}, 123), Changed({use, use}, 123));
}

TEST(Augmenter, UnknownNamesAndParametersAreRefused) {
  Fixture f;
  f.job.base.augmenters = {{.augmenter = "gray"}};
  EXPECT_THAT(Refusal(f), HasSubstr("did you mean `grey`?"));
  f.job.base.augmenters = {{.augmenter = "grey", .parameters = R"({"per_bach": 1})"}};
  EXPECT_THAT(Refusal(f), HasSubstr("per_bach"));
}

TEST(Augmenter, AddedImagesReachTheObjective) {
  Fixture f;
  f.job.base.augmenters = {{.augmenter = "grey", .parameters = R"({"per_batch": 3})"}};
  const TrainResult result = Train(f.job, f.plug_ins);
  EXPECT_GT(g_seen.batches, 0);
  EXPECT_EQ(g_seen.generated, 3 * g_seen.batches);  // the quota
  EXPECT_GT(g_seen.mixed, 0);                       // sampled with their class
  EXPECT_THAT(g_seen.labels_of_generated, ElementsAre(-1));
  EXPECT_THAT(g_seen.labels_of_mixed, ElementsAre(1));
  EXPECT_THAT(g_seen.cameras_of_added, ElementsAre(2));
  EXPECT_TRUE(g_seen.grey_pixels);
  EXPECT_EQ(result.images, result.steps * (16 + 3));
  EXPECT_EQ(f.job.rows.size(), f.images.size()) << "the job is left as it was";
}

TEST(Augmenter, NothingAddedIsTheJobAsItWas) {
  Fixture f;
  Train(f.job, f.plug_ins);
  EXPECT_EQ(g_seen.generated + g_seen.mixed, 0);
}

TEST(Augmenter, SameJobGivesTheSameBytesForEveryWorkerCount) {
  Fixture f;
  f.job.base.augmenters = {{.augmenter = "affine", .parameters = R"({"factor": 2})"},
                           {.augmenter = "grey"}};
  f.job.options.loader_workers = 0;
  const TrainResult one = Train(f.job, f.plug_ins);
  f.job.options.loader_workers = 3;
  const TrainResult other = Train(f.job, f.plug_ins);
  ExpectEqualWeights(*one.model, *other.model);
  f.job.base.augmenters.pop_back();
  EXPECT_NE(Train(f.job, f.plug_ins).history, one.history);
}

TEST(Augmenter, ArtefactsAreKeptUnderTheirInputs) {
  Fixture f;
  const TemporaryFolder folder;
  std::set<std::string> keys;
  f.job.added.list = "toys";
  f.job.added.keep = [&](const Json& inputs, const FillFolder& make) {
    EXPECT_EQ(inputs["augmenter"], "grey");
    EXPECT_EQ(inputs["revision"], 1);
    EXPECT_EQ(inputs["list"], "toys");
    if (keys.insert(inputs.dump()).second) make(folder.path(), "");
    return folder.path();
  };
  f.job.base.augmenters = {{.augmenter = "grey"}};
  Train(f.job, f.plug_ins);
  Train(f.job, f.plug_ins);
  EXPECT_EQ(Grey::made, 1);
  f.job.base.augmenters[0].parameters = R"({"per_batch": 1})";
  Train(f.job, f.plug_ins);
  f.job.seed = 77;
  Train(f.job, f.plug_ins);
  EXPECT_EQ(keys.size(), 3U);
}

TEST(Augmenter, ClassesThatTheModelMayNotKnowAreRefused) {
  Fixture f;
  f.job.base.augmenters = {{.augmenter = "grey"}};
  f.job.classes = {"0"};
  EXPECT_THAT(Refusal(f), HasSubstr("an image of class 1"));
  f.job.classes = {"0", "1", "2", "3", "4", "5"};
  f.job.base.label_source = "clusters";
  EXPECT_THAT(Refusal(f), HasSubstr("one of 0 classes"));
}

TEST(Augmenter, EarlierModelsAreAskedForFeaturesOfAddedImages) {
  Fixture f;
  f.AddOldModel();
  f.job.base.augmenters = {{.augmenter = "grey"}};
  EXPECT_THAT(Refusal(f), HasSubstr("earlier model"));
  f.job.added.old_features = [&](size_t old_model, const ImageStore& images) {
    EXPECT_EQ(old_model, 0U);
    EXPECT_EQ(images.images()[0].name, "grey0");
    FloatMatrix features(images.size(), f.job.old_models[0].features.cols());
    std::fill_n(features.data(), features.rows() * features.cols(), 7.0F);
    return features;
  };
  Train(f.job, f.plug_ins);
  EXPECT_GT(g_seen.generated, 0);
  EXPECT_TRUE(g_seen.grey_pixels) << "old features of the added rows";
}

}  // namespace
}  // namespace bcr
