// DCGAN: shapes, parameter counts and losses of the fact sheet, a small training that gets somewhere, and
// one that was stopped.
#include "methods/generators/dcgan.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/random.h"
#include "harness/train/augmenter.h"
#include "harness/train/recipe.h"
#include "methods/generators/dcgan_training.h"
#include "tests/unit/data/listed_images.h"
#include "tests/unit/methods/pair_batch.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Rows;

int64_t Count(const std::vector<at::Tensor>& parameters) {
  int64_t count = 0;
  for (const at::Tensor& parameter : parameters) count += parameter.numel();
  return count;
}

TEST(Dcgan, ParametersOfTheForkAtItsSize) {
  const Dcgan networks({}, 1);
  EXPECT_EQ(Count(networks.GeneratorParameters()), 7'617'539);
  EXPECT_EQ(Count(networks.DiscriminatorParameters()), 4'341'121);
}

TEST(Dcgan, MakesImagesOfTheSizeAskedFor) {
  for (const char* layout : {"fork", "lsro"}) {
    const Dcgan networks({layout, 2, 7, 64, 32}, 1);
    const at::Tensor made = networks.Generate(at::zeros({3, 7}), true);
    EXPECT_THAT(made.sizes(), ElementsAre(3, 3, 64, 32));
    EXPECT_LE(made.abs().max().item<float>(), 1);
    EXPECT_THAT(networks.Judge(made, true).sizes(), ElementsAre(3));
  }
}

TEST(Dcgan, StartsSmallAndByItsSeed) {
  const DcganShape shape{"fork", 4, 10, 32, 16};
  const auto state = Dcgan(shape, 3).State(), other = Dcgan(shape, 3).State(),
             third = Dcgan(shape, 4).State();
  const std::string name = "discriminator.0.convolution.weight";
  EXPECT_TRUE(at::equal(state.at(name), other.at(name)));
  EXPECT_FALSE(at::equal(state.at(name), third.at(name)));
  EXPECT_LE(state.at(name).abs().max().item<float>(), 0.04F);  // two deviations
  EXPECT_GT(state.at("generator.linear.weight").abs().max().item<float>(), 0.04F);
}

TEST(Dcgan, SizesThatItCannotMakeAreRefused) {
  EXPECT_NO_THROW(CheckShape({"fork", 4, 10, 48, 16}, "test"));
  for (const auto& [layout, height] : {std::pair("fork", 40), std::pair("lsro", 48)}) {
    try {
      CheckShape({layout, 4, 10, height, 32}, "test");
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kConfig);
      EXPECT_THAT(error.what(), HasSubstr("multiples of"));
    }
  }
}

TEST(Dcgan, LossesOfTheSheet) {
  const at::Tensor real = Rows({2, -1}, 2).flatten();
  const at::Tensor made = Rows({.5, -2}, 2).flatten().set_requires_grad(true);
  EXPECT_NEAR(DiscriminatorLoss(real, made).item<double>(), 1.27059735, 1e-8);
  const at::Tensor loss = GeneratorLoss(made);
  EXPECT_NEAR(loss.item<double>(), 1.30050250, 1e-8);
  loss.backward();
  EXPECT_NEAR(made.grad()[0].item<double>(), -0.18877033, 1e-8);
  EXPECT_NEAR(made.grad()[1].item<double>(), -0.44039854, 1e-8);
}

// Red above, blue below: brightness and the height of the border are drawn. (Batch normalisation would hide
// from the discriminator what all images of a batch have alike.)
class Flags : public testing::ListedImages {
 public:
  explicit Flags(size_t count) : ListedImages(16, 16) {
    Random random(3);
    for (size_t i = 0; i < count; ++i) {
      const int border = 4 + static_cast<int>(random.Below(9));
      const auto above = static_cast<uint8_t>(100 + random.Below(156));
      const auto below = static_cast<uint8_t>(100 + random.Below(156));
      std::vector<uint8_t> pixels;
      for (int place = 0; place < 16 * 16; ++place) {
        const bool red = place < border * 16;
        for (int channel = 0; channel < 3; ++channel)
          pixels.push_back(channel == (red ? 0 : 2) ? (red ? above : below) : 20);
      }
      Add({"flag" + std::to_string(i), "", ""}, std::move(pixels));
    }
  }
};

constexpr char kSmall[] =
    R"({"channels": 8, "latent": 8, "epochs": 80, "batch": 16, "lr": 0.001, "count": 20, "per_batch": 3})";

std::unique_ptr<Augmenter> Made(const std::string& parameters) {
  return std::move(MakeAugmenters(augmenter_table(),
                                  {{.augmenter = "dcgan", .parameters = parameters}}, "test")[0]);
}

struct Making {
  Flags flags{64};
  AugmentedList list{&flags, std::vector<int64_t>(64, -1), 5};
  TemporaryFolder folder, work;
  std::string Pixels(const std::string& parameters, const std::string& work_folder = "") {
    Made(parameters)->MakeImages(list, {folder.path(), work_folder, "cpu", "test", true});
    return ReadFile(JoinPath(folder.path(), "images.bin"));
  }
};

TEST(DcganAugmenter, LearnsWhatItsImagesHaveInCommon) {
  Making making;
  making.Pixels(kSmall);
  const AddedImages added = Made(kSmall)->OpenImages(making.list, making.folder.path());
  ASSERT_EQ(added.images->size(), 20U);
  EXPECT_EQ(added.per_batch, 3);
  EXPECT_EQ(added.labels, std::vector<int64_t>(20, -1));
  EXPECT_EQ(added.origins, std::vector<int64_t>(20, 1));
  // Red less blue, mean over all images, of the highest and of the lowest rows.
  const auto red = [&](int first, int last) {
    double sum = 0;
    for (size_t i = 0; i < 20; ++i) {
      for (int place = first * 16; place < last * 16; ++place) {
        const uint8_t* const pixel = added.images->pixels(i) + 3 * place;
        sum += pixel[0] - pixel[2];
      }
    }
    return sum / (20 * 16 * (last - first));
  };
  EXPECT_GT(red(0, 4) - red(12, 16), 100)
      << "red above, blue below: " << red(0, 4) << " and " << red(12, 16);
  const Json told = ParseJson(ReadFile(JoinPath(making.folder.path(), "training.json")), "test");
  ASSERT_EQ(told.at("history").size(), 80U);
  EXPECT_EQ(told.at("images"), 64);
  EXPECT_TRUE(FileExists(JoinPath(making.folder.path(), "images.png")));
}

TEST(DcganAugmenter, EqualListsAndSeedsGiveEqualBytes) {
  Making one, other, third;
  const std::string parameters =
      R"({"channels": 2, "latent": 4, "epochs": 2, "batch": 16, "count": 5})";
  third.list.seed = 6;
  const std::string pixels = one.Pixels(parameters);
  EXPECT_EQ(pixels.size(), 5U * 16 * 16 * 3);
  EXPECT_EQ(other.Pixels(parameters), pixels);
  EXPECT_NE(third.Pixels(parameters), pixels);
}

TEST(DcganAugmenter, MakesWhatIsResizedToTheListsSize) {
  Making making;
  const std::string pixels = making.Pixels(
      R"({"channels": 2, "latent": 4, "epochs": 1, "count": 3, "height": 32, "width": 32, "layout": "lsro"})");
  EXPECT_EQ(pixels.size(), 3U * 16 * 16 * 3);
}

// Stops after so many images were asked for.
class Stopped : public Flags {
 public:
  using Flags::Flags;
  const uint8_t* pixels(size_t row) const override {
    if (++asked > 64 * 3 / 2) throw Error(ErrorCode::kInterrupted, {"test", "a stop", "", ""});
    return Flags::pixels(row);
  }
  mutable int asked = 0;
};

TEST(DcganAugmenter, GoesOnFromItsCheckpointToTheSameBytes) {
  const std::string parameters =
      R"({"channels": 2, "latent": 4, "epochs": 3, "batch": 16, "count": 5})";
  Making undisturbed, stopped;
  const std::string pixels = undisturbed.Pixels(parameters);
  const Stopped stop(64);
  const AugmentedList list{&stop, stopped.list.labels, 5};
  const std::string work = stopped.work.path();
  EXPECT_THROW(
      Made(parameters)->MakeImages(list, {stopped.folder.path(), work, "cpu", "test", true}),
      Error);
  ASSERT_TRUE(FileExists(JoinPath(work, "checkpoint.safetensors")));
  EXPECT_EQ(stopped.Pixels(parameters, work), pixels);
}

TEST(DcganAugmenter, ADamagedCheckpointIsPassedOver) {
  const std::string parameters =
      R"({"channels": 2, "latent": 4, "epochs": 1, "batch": 16, "count": 5})";
  Making undisturbed, damaged;
  const std::string pixels = undisturbed.Pixels(parameters);
  WriteFileAtomic(JoinPath(damaged.work.path(), "checkpoint.safetensors"), "not tensors");
  EXPECT_EQ(damaged.Pixels(parameters, damaged.work.path()), pixels);
}

TEST(DcganAugmenter, OneImageIsTooFew) {
  Flags flag(1);
  const TemporaryFolder folder;
  EXPECT_THROW(Made(kSmall)->MakeImages({&flag, {-1}, 5}, {folder.path(), "", "cpu", "t", true}),
               Error);
}

}  // namespace
}  // namespace bcr
