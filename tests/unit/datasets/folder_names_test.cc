// Base names of data sets with a folder for each split, and of those with one image a person.
#include "datasets/folder_names.h"

#include <gtest/gtest.h>

#include "datasets/one_each_names.h"

namespace bcr {
namespace {

using Parse = std::optional<MarketName> (*)(std::string_view);

void ExpectName(Parse parse, const char* name, const char* identity, const char* camera) {
  const std::optional<MarketName> parsed = parse(name);
  ASSERT_TRUE(parsed) << name;
  EXPECT_EQ(parsed->identity, identity) << name;
  EXPECT_EQ(parsed->camera, camera) << name;
}

void ExpectNone(Parse parse, std::initializer_list<const char*> names) {
  for (const char* name : names) EXPECT_FALSE(parse(name)) << name;
}

TEST(FolderNames, Cuhk03Np) {
  ExpectName(ParseCuhk03NpName, "0001_c1_1.png", "0001", "1");
  ExpectName(ParseCuhk03NpName, "1467_c2_10.jpg", "1467", "2");
  ExpectNone(ParseCuhk03NpName, {"", "0001_c1.png", "0001_c1_.png", "0001_c1s1_1.png", "c1_1.png",
                                 "0001_c1_1_1.png", "0001_c1_1.bmp", "-1_c1_1.png"});
}

TEST(FolderNames, Veri) {
  ExpectName(ParseVeriName, "0002_c002_00030600_0.jpg", "0002", "002");
  ExpectNone(ParseVeriName, {"", "0002_c002_00030600.jpg", "0002_c_00030600_0.jpg",
                             "0002_c002s1_00030600_0.jpg", "0002_002_00030600_0.jpg"});
}

TEST(FolderNames, Mpdd) {
  ExpectName(ParseMpddName, "95_c3s2_5.jpg", "95", "3");
  ExpectName(ParseMpddName, "0_c1s1_1.jpg", "0", "1");
  ExpectName(ParseMpddName, "146_c1_s3_1.jpg", "146", "1");
  ExpectNone(ParseMpddName, {"", "95_c3s2.jpg", "95_c3_5.jpg", "95_c3__s2_5.jpg", "95_cs2_5.jpg",
                             "95_c3s_5.jpg", "95_c3s2_5_1.jpg"});
}

TEST(FolderNames, CuhkSysu) {
  ExpectName(ParseCuhkSysuName, "00001_s123_0000000_0.jpg", "00001", "s123");
  ExpectNone(ParseCuhkSysuName, {"", "00001_s123_0000000.jpg", "00001_123_0000000_0.jpg",
                                 "p1_s123_0000000_0.jpg", "00001_s_0000000_0.jpg"});
}

TEST(FolderNames, OwnFoldersInMarketsLayout) {
  ExpectName(ParseLayoutName, "0002_c1s1_000451_03.jpg", "0002", "1");
  ExpectName(ParseLayoutName, "0002_c012.png", "0002", "012");
  ExpectName(ParseLayoutName, "-1_c3 my photo.JPEG", "-1", "3");
  ExpectNone(ParseLayoutName, {"", "0002.jpg", "0002_c.jpg", "ann_c1.jpg", "0002_c1", "0002_c1.txt",
                               "-2_c1.jpg", "0002_c1jpg"});
}

TEST(OneEachNames, ViperAndPrid) {
  EXPECT_EQ(ParseViperName("000_45.bmp"), "000");
  EXPECT_EQ(ParsePridName("person_0201.png"), "0201");
  for (const char* bad : {"", "000.bmp", "000_45.jpg", "_45.bmp", "000_45_1.bmp", "000_45.BMP"})
    EXPECT_FALSE(ParseViperName(bad)) << bad;
  for (const char* bad : {"", "person_201.png", "person_00201.png", "person_0201.jpg", "0201.png"})
    EXPECT_FALSE(ParsePridName(bad)) << bad;
}

}  // namespace
}  // namespace bcr
