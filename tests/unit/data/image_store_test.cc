#include "harness/data/image_store.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "harness/core/files.h"
#include "harness/core/manifest.h"
#include "tests/unit/core/catch_error.h"
#include "tests/unit/data/drawn_dataset.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

PackOptions Options(OnBadImage on_bad = OnBadImage::kFail, int threads = 1) {
  return {.height = 24, .width = 12, .on_bad_image = on_bad, .threads = threads, .quiet = true};
}

void FillGood(DrawnDataset& data, int count) {
  for (int i = 0; i < count; ++i)
    data.Add("good" + std::to_string(i) + ".jpg", Encoded(DrawnImage(40, 20, i), ".jpg"));
}

void FillMixed(DrawnDataset& data) {
  const std::string whole = Encoded(DrawnImage(40, 20, 7), ".jpg");
  data.Add("a.jpg", whole);
  data.Add("b-cut.jpg", whole.substr(0, whole.size() - 30));
  data.Add("c-text.jpg", "this is no image");
  data.Add("d.png", Encoded(DrawnImage(24, 12, 8, CV_8UC4), ".png"));
  data.Add("e-absent.jpg", "absent");
}

std::string PixelsOf(const ImageStore& store) {
  std::string all;
  for (size_t i = 0; i < store.size(); ++i) {
    all.append(reinterpret_cast<const char*>(store.pixels(i)), store.height() * store.width() * 3);
  }
  return all;
}

std::string MessageOf(const Dataset& data, const std::string& folder, const PackOptions& options) {
  try {
    OpenImageStore(data, Split::kTrain, folder, options);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kData);
    return error.what();
  }
  return "";
}

TEST(ImageStore, KeepsTheSplitsOrderAndTheSamePixelsForEveryThreadCount) {
  DrawnDataset data;
  FillGood(data, 300);  // more than one chunk
  const TemporaryFolder one, three;
  const auto store = OpenImageStore(data, Split::kTrain, one.path(), Options());
  ASSERT_EQ(store->size(), 300U);
  EXPECT_EQ(store->height(), 24);
  EXPECT_EQ(store->width(), 12);
  EXPECT_EQ(store->images()[299].name, "good299.jpg");
  EXPECT_EQ(store->images()[299].identity, data.images(Split::kTrain)[299].identity);
  EXPECT_TRUE(store->bad_images().empty());
  const auto again =
      OpenImageStore(data, Split::kTrain, three.path(), Options(OnBadImage::kFail, 3));
  EXPECT_EQ(PixelsOf(*store), PixelsOf(*again));
  EXPECT_EQ(ReadFile(JoinPath(one.path(), "images.json")),
            ReadFile(JoinPath(three.path(), "images.json")));
}

TEST(ImageStore, PixelsOfAnImageOfTheRightSizeAreUntouched) {
  DrawnDataset data;
  const cv::Mat image = DrawnImage(24, 12, 5);
  data.Add("a.png", Encoded(image, ".png"));
  const TemporaryFolder folder;
  const auto store = OpenImageStore(data, Split::kTrain, folder.path(), Options());
  for (int y = 0; y < 24; ++y) {
    for (int x = 0; x < 12; ++x) {
      for (int c = 0; c < 3; ++c) {
        ASSERT_EQ(store->pixels(0)[(y * 12 + x) * 3 + c], image.at<cv::Vec3b>(y, x)[2 - c]);
      }
    }
  }
}

TEST(ImageStore, FailNamesEveryBadImageAndLeavesNothingBehind) {
  DrawnDataset data;
  FillMixed(data);
  const TemporaryFolder folder;
  const std::string message = MessageOf(data, folder.path(), Options());
  EXPECT_THAT(message, HasSubstr("3 bad images"));
  EXPECT_THAT(message, HasSubstr("b-cut.jpg"));
  EXPECT_THAT(message, HasSubstr("c-text.jpg"));
  EXPECT_THAT(message, HasSubstr("e-absent.jpg"));
  EXPECT_THAT(message, Not(HasSubstr("a.jpg (")));
  EXPECT_TRUE(ListFiles(folder.path()).empty());
}

TEST(ImageStore, SkipLeavesBadImagesOutAndCountsThem) {
  DrawnDataset data;
  FillMixed(data);
  const TemporaryFolder folder;
  const auto store = OpenImageStore(data, Split::kTrain, folder.path(), Options(OnBadImage::kSkip));
  ASSERT_EQ(store->size(), 2U);
  EXPECT_EQ(store->images()[1].name, "d.png");
  EXPECT_THAT(store->bad_images(), ElementsAre("b-cut.jpg", "c-text.jpg", "e-absent.jpg"));
  // The cache of a skipping run does not let a strict run pass.
  EXPECT_THAT(MessageOf(data, folder.path(), Options()), HasSubstr("3 bad images"));
}

TEST(ImageStore, RefusesASplitWithoutAnyGoodImage) {
  DrawnDataset data;
  data.Add("x.jpg", "text");
  const TemporaryFolder folder;
  EXPECT_NE(MessageOf(data, folder.path(), Options(OnBadImage::kSkip)), "");
  EXPECT_NE(MessageOf(DrawnDataset(), folder.path(), Options(OnBadImage::kSkip)), "");
}

TEST(ImageStore, NamesAtMostTenBadImages) {
  DrawnDataset data;
  for (int i = 0; i < 30; ++i) data.Add("bad" + std::to_string(i) + ".jpg", "text");
  const TemporaryFolder folder;
  const std::string message = MessageOf(data, folder.path(), Options());
  EXPECT_THAT(message, HasSubstr("bad9.jpg"));
  EXPECT_THAT(message, Not(HasSubstr("bad10.jpg")));
}

TEST(ImageStore, ReusesAWholeCacheAndRemakesWhatDoesNotFit) {
  DrawnDataset data;
  FillGood(data, 6);
  const TemporaryFolder folder;
  const std::string bin = JoinPath(folder.path(), "images.bin"),
                    list = JoinPath(folder.path(), "images.json");
  const std::string pixels =
      PixelsOf(*OpenImageStore(data, Split::kTrain, folder.path(), Options()));
  int reads = data.reads();
  ASSERT_EQ(reads, 6);
  const auto opened = [&](PackOptions options) {
    reads = data.reads();
    const std::string now = PixelsOf(*OpenImageStore(data, Split::kTrain, folder.path(), options));
    EXPECT_TRUE(options.height != 24 || now == pixels);
    return data.reads() - reads;
  };
  EXPECT_EQ(opened(Options()), 0) << "reuse";

  std::string bytes = ReadFile(bin);
  bytes[bytes.size() / 2] ^= 1;
  WriteFileAtomic(bin, bytes);
  PackOptions whole = Options();
  whole.read_all = true;
  EXPECT_EQ(opened(whole), 6) << "one flipped bit";
  bytes = ReadFile(list);
  bytes[bytes.size() / 2] ^= 1;
  WriteFileAtomic(list, bytes);
  EXPECT_EQ(opened(Options()), 6) << "one flipped bit of the list";
  WriteFileAtomic(JoinPath(folder.path(), "DONE"), "");
  EXPECT_EQ(opened(Options()), 6) << "no hashes";
  WriteFileAtomic(bin, ReadFile(bin).substr(0, 100));
  EXPECT_EQ(opened(Options()), 6) << "cut pixels";
  WriteFileAtomic(bin, "");
  EXPECT_EQ(opened(Options()), 6) << "empty pixels";
  WriteFileAtomic(list, ReadFile(list).substr(0, 80));
  EXPECT_EQ(opened(Options()), 6) << "cut list";
  WriteFileAtomic(list, "{\"key\": 3}");
  EXPECT_EQ(opened(Options()), 6) << "foreign list";
  data.SetHash("drawn-2");
  EXPECT_EQ(opened(Options()), 6) << "other data";
  PackOptions other = Options();
  other.height = 16;
  EXPECT_EQ(opened(other), 6) << "other size";
  other.resize = "bicubic";
  EXPECT_EQ(opened(other), 6) << "resized otherwise";
}

// Every block is compared when it is first touched, and only then: two blocks of 24 x 12 images.
TEST(ImageStore, AChangedBlockIsFoundAtItsFirstTouchAndPackedAnew) {
  DrawnDataset data;
  const size_t image_bytes = 24 * 12 * 3, count = kManifestBlock / image_bytes + 100;
  const std::string encoded = Encoded(DrawnImage(24, 12, 1), ".jpg");
  for (size_t i = 0; i < count; ++i) data.Add(fmt::format("{:05}.jpg", i), encoded);
  const TemporaryFolder folder;
  const std::string bin = JoinPath(folder.path(), "images.bin");
  OpenImageStore(data, Split::kTrain, folder.path(), Options());
  const std::string sound = ReadFile(bin);
  std::string bytes = sound;
  bytes[bytes.size() - 5] ^= 1;
  WriteFileAtomic(bin, bytes);

  const auto store = OpenImageStore(data, Split::kTrain, folder.path(), Options());
  EXPECT_NO_THROW(store->pixels(0));
  const size_t across = kManifestBlock / image_bytes;  // lies in both blocks
  for (const size_t row : {across, count - 1}) {
    EXPECT_THAT(test::MessageOf([&] { store->pixels(row); }), HasSubstr("images.bin"));
  }
  PackOptions whole = Options();
  whole.read_all = true;
  const auto again = OpenImageStore(data, Split::kTrain, folder.path(), whole);
  EXPECT_EQ(ReadFile(bin), sound);
  EXPECT_NO_THROW(again->pixels(count - 1));
}

TEST(ImageStore, PicturesReplacedByOthersOfEqualSizeAreRefused) {
  DrawnDataset data;
  FillGood(data, 3);
  const TemporaryFolder folder;
  const auto open = [&] { return OpenImageStore(data, Split::kTrain, folder.path(), Options()); };
  data.SetStamp("monday");
  const std::string pixels = PixelsOf(*open());
  const int reads = data.reads();
  data.SetStamp("tuesday");  // copied anew, the same pictures
  EXPECT_EQ(PixelsOf(*open()), pixels);
  EXPECT_EQ(data.reads(), reads + 3);
  EXPECT_EQ(PixelsOf(*open()), pixels);
  EXPECT_EQ(data.reads(), reads + 3) << "the new stamp is remembered";

  const std::string first = data.ReadImage(Split::kTrain, 0);
  data.SetFile(0, Encoded(DrawnImage(24, 12, 999), ".png"));
  data.SetStamp("wednesday");
  for (int again = 0; again < 2; ++again) {
    const std::string message = test::MessageOf([&] { open(); });
    EXPECT_THAT(message, HasSubstr("other pictures"));
    EXPECT_THAT(message, HasSubstr("--store"));
  }
  data.SetFile(0, first);
  data.SetStamp("thursday");
  EXPECT_EQ(PixelsOf(*open()), pixels);
}

TEST(ImageStore, RefusesImpossibleSizes) {
  DrawnDataset data;
  FillGood(data, 1);
  const TemporaryFolder folder;
  PackOptions options = Options();
  options.width = 0;
  EXPECT_THROW(OpenImageStore(data, Split::kTrain, folder.path(), options), Error);
}

}  // namespace
}  // namespace bcr
