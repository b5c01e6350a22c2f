#include "harness/data/set_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/data/drawn_dataset.h"
#include "tests/unit/data/set_of_files.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

std::string Picture(int height, int width, uint64_t seed) {
  return Encoded(DrawnImage(height, width, seed), ".png");
}

TEST(SetAudit, CountsTheCamerasOfIdentities) {
  const std::vector<ImageRecord> images = {
      {"1", "ann", "1"}, {"2", "ann", "1"}, {"3", "ben", "1"}, {"4", "ben", "2"}, {"5", "cy", "7"}};
  EXPECT_THAT(CamerasAnIdentity(images), ElementsAre(Pair(1, 2), Pair(2, 1)));
  EXPECT_TRUE(CamerasAnIdentity({}).empty());
}

TEST(SetAudit, CountsIdentitiesOfTrainingAndTest) {
  SetOfFiles data;
  data.Add(Split::kTrain, "a", "ann", "1", "");
  data.Add(Split::kTrain, "b", "ben", "1", "");
  data.Add(Split::kQuery, "c", "ben", "1", "");
  data.Add(Split::kGallery, "d", "ben", "2", "");
  data.Add(Split::kGallery, "e", "cy", "2", "");
  EXPECT_EQ(SharedIdentities(data), 1U);
}

TEST(SetAudit, MeasuresFilesAndNamesWhatCannotBeRead) {
  SetOfFiles data;
  data.Add(Split::kTrain, "a.png", "1", "1", Picture(10, 5, 1));
  data.Add(Split::kTrain, "b.png", "1", "1", Picture(30, 7, 2));
  data.Add(Split::kTrain, "c.png", "1", "1", Picture(20, 6, 3));
  data.Add(Split::kTrain, "d.png", "1", "1", Picture(40, 6, 4));
  data.Add(Split::kTrain, "broken.png", "1", "1", "no picture");
  data.Add(Split::kQuery, "q.png", "2", "1", "");
  const ContentAudit audit = AuditContents(data, 2);
  const ContentAudit::OfSplit& train = audit.splits[0];
  EXPECT_EQ(train.decoded, 4U);
  EXPECT_EQ(train.height.least, 10);
  EXPECT_EQ(train.height.middle, 20);
  EXPECT_EQ(train.height.greatest, 40);
  EXPECT_EQ(train.width.middle, 6);
  EXPECT_GT(train.bytes, 10U);
  EXPECT_THAT(audit.problems, ElementsAre(HasSubstr("broken.png"), HasSubstr("q.png")));
  EXPECT_EQ(audit.splits[1].decoded, 0U);
}

TEST(SetAudit, FindsImagesOfTwoSplits) {
  SetOfFiles data;
  const std::string same = Picture(10, 5, 1);
  data.Add(Split::kTrain, "train/a.png", "1", "1", same);
  data.Add(Split::kTrain, "train/again.png", "1", "1", same);
  data.Add(Split::kQuery, "both.png", "2", "1", Picture(10, 5, 2));
  data.Add(Split::kGallery, "both.png", "2", "1", Picture(10, 5, 2));
  data.Add(Split::kGallery, "gallery/b.png", "3", "1", same);
  data.Add(Split::kGallery, "gallery/c.png", "2", "1", Picture(10, 5, 2));
  const ContentAudit audit = AuditContents(data, 1);
  EXPECT_EQ(audit.twins, 2U) << "twice in one split, and one name in query and gallery, are none";
  EXPECT_THAT(audit.shown_twins,
              ElementsAre(Pair("train/a.png", "gallery/b.png"), Pair("both.png", "gallery/c.png")));
}

}  // namespace
}  // namespace bcr
