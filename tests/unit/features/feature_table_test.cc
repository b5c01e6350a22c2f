#include "harness/features/feature_table.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/features/feature_set.h"
#include "harness/features/row_source.h"
#include "tests/unit/core/catch_error.h"
#include "tests/unit/features/feature_files_fixture.h"

namespace bcr {
namespace {

using test::Bytes;
using test::Npy;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kTwo[] = "image,identity,camera\na,1,c1\nb,2,c2\n";

class FeatureTableTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) { return folder_.path() + "/" + name; }
  void Set(const std::string& name, const std::string& npy, const std::string& index) {
    test::Put(Path(name + "/features.npy"), npy);
    test::Put(Path(name + "/index.csv"), index);
  }
  FeatureTable Open(const std::vector<std::string>& names, FeatureTableOptions options = {}) {
    std::vector<std::string> paths;
    for (const std::string& name : names) paths.push_back(Path(name));
    return OpenFeatureTable(paths, options);
  }
  std::string Refusal(const std::vector<std::string>& names, FeatureTableOptions options = {}) {
    const Error error = test::CatchError([&] { Open(names, options); });
    EXPECT_EQ(error.code(), ErrorCode::kData);
    EXPECT_FALSE(error.text().found.empty());
    return error.what();
  }
  TemporaryFolder folder_;
};

std::vector<std::vector<float>> Rows(const FeatureTable& table) {
  std::vector<std::vector<float>> all;
  std::vector<float> scratch(table.rows->cols());
  for (size_t i = 0; i < table.rows->rows(); ++i) {
    const float* const row = table.rows->Row(i, scratch.data());
    all.emplace_back(row, row + table.rows->cols());
  }
  return all;
}

TEST_F(FeatureTableTest, OpensAFolder) {
  Set("set", Npy(2, 3, {1, 2, 3, -9, 5, 6}), "image,identity,camera,hour\na,1,c1,7\nb,2,c2,8\n");
  const FeatureTable table = Open({"set"});
  EXPECT_THAT(Rows(table), ElementsAre(ElementsAre(1, 2, 3), ElementsAre(-9, 5, 6)));
  EXPECT_THAT(table.index.images, ElementsAre("a", "b"));
  EXPECT_THAT(table.index.identities, ElementsAre("1", "2"));
  EXPECT_THAT(table.index.cameras, ElementsAre("c1", "c2"));
  EXPECT_THAT(table.columns.at("hour"), ElementsAre("7", "8"));
  EXPECT_EQ(table.largest_value, 9.0F);
  ASSERT_EQ(table.parts.size(), 1U);
  EXPECT_EQ(table.parts[0].path, Path("set/features.npy"));
  EXPECT_EQ(table.parts[0].index_path, Path("set/index.csv"));
  EXPECT_EQ(table.parts[0].rows, 2U);
  EXPECT_EQ(table.parts[0].width, 3U);
  EXPECT_EQ(table.parts[0].dtype, "float32");
  EXPECT_EQ(NameOfRow(table, 1), Path("set/features.npy") + ": row 1 counted from 0 (image `b`)");
}

TEST_F(FeatureTableTest, OpensWhatExtractionStores) {
  FeatureSet set;
  set.features = FloatMatrix(2, 4);
  for (size_t i = 0; i < 8; ++i) set.features.data()[i] = 1.0F / static_cast<float>(i + 1);
  set.index = {{"a,b.jpg", "c.jpg"}, {"1", "-1"}, {"c1", "c2"}};
  WriteFeatureSet(Path("stored"), set, Json::object());
  const FeatureTable table = Open({"stored"});
  EXPECT_EQ(table.index.images, set.index.images);
  EXPECT_EQ(Rows(table)[1][3], set.features.row(1)[3]);
}

// The same values in every form are the same features: same rows, same hash.
TEST_F(FeatureTableTest, AllFormsAndTypesAgree) {
  Set("f4", Npy(2, 2, {1, -2, 0.5, 4}), kTwo);
  Set("f8", Npy("<f8", "(2, 2)", Bytes<double>({1, -2, 0.5, 4})), kTwo);
  const std::string halves = Bytes<uint16_t>({0x3C00, 0xC000, 0x3800, 0x4400});
  Set("f2", Npy("<f2", "(2, 2)", halves), kTwo);
  test::Put(Path("safe.safetensors"), test::Safetensors({{"e", "F16", {2, 2}, halves}}));
  test::Put(Path("safe.csv"), kTwo);
  test::Put(Path("bare.npy"), Npy(2, 2, {1, -2, 0.5, 4}));
  test::Put(Path("bare.csv"), "note,camera,identity,image\nx,c1,1,a\ny,c2,2,b\n");
  const FeatureTable first = Open({"f4"});
  for (const char* name : {"f8", "f2", "safe.safetensors", "bare.npy"}) {
    const FeatureTable table = Open({name});
    EXPECT_EQ(Rows(table), Rows(first)) << name;
    EXPECT_EQ(table.hash, first.hash) << name;
  }
  EXPECT_EQ(Open({"f2"}).parts[0].dtype, "float16");
  EXPECT_EQ(Open({"f8"}).parts[0].dtype, "float64");
}

TEST_F(FeatureTableTest, TheHashNamesValuesAndIndex) {
  Set("set", Npy(2, 2, {1, 2, 3, 4}), kTwo);
  const std::string hash = Open({"set"}).hash;
  EXPECT_EQ(Open({"set"}, {.threads = 3}).hash, hash);
  Set("set", Npy(2, 2, {1, 2, 3, 5}), kTwo);
  EXPECT_NE(Open({"set"}).hash, hash);
  Set("set", Npy(2, 2, {1, 2, 3, 4}), "image,identity,camera\na,1,c1\nb,2,c3\n");
  EXPECT_NE(Open({"set"}).hash, hash);
}

TEST_F(FeatureTableTest, ShardsAreOneSetHoweverCut) {
  std::vector<float> values;
  std::string index = "image,identity,camera,n\n";
  const auto line = [](int i) { return fmt::format("i{},{},c{},{}\n", i, i / 7, i % 3, 2 * i); };
  for (int i = 0; i < 700; ++i) {
    values.insert(values.end(), {static_cast<float>(i), 1.0F, -0.5F});
    index += line(i);
  }
  Set("whole", Npy(700, 3, values), index);
  const FeatureTable whole = Open({"whole"});
  for (const int cut : {1, 256, 300, 699}) {
    std::string first = "image,identity,camera,n\n", second = first;
    for (int i = 0; i < 700; ++i) (i < cut ? first : second) += line(i);
    const auto middle = values.begin() + 3 * cut;
    Set("s1", Npy(static_cast<size_t>(cut), 3, {values.begin(), middle}), first);
    Set("s2", Npy(static_cast<size_t>(700 - cut), 3, {middle, values.end()}), second);
    const FeatureTable table = Open({"s1", "s2"}, {.threads = 2});
    EXPECT_EQ(table.hash, whole.hash) << cut;
    EXPECT_EQ(table.index.images, whole.index.images);
    EXPECT_EQ(table.columns, whole.columns);
    EXPECT_EQ(Rows(table), Rows(whole));
    EXPECT_EQ(table.parts[1].first_row, static_cast<size_t>(cut));
    EXPECT_THAT(NameOfRow(table, static_cast<size_t>(cut)), HasSubstr("s2/features.npy: row 0"));
    EXPECT_THAT(NameOfRow(table, static_cast<size_t>(cut) - 1), HasSubstr("s1/features.npy"));
    EXPECT_NE(Open({"s2", "s1"}).hash, whole.hash);
  }
}

TEST_F(FeatureTableTest, ShardsHaveToFit) {
  Set("a", Npy(1, 2, {1, 2}), "image,identity,camera\na,1,c\n");
  Set("wide", Npy(1, 3, {1, 2, 3}), "image,identity,camera\nb,1,c\n");
  EXPECT_THAT(Refusal({"a", "wide"}),
              AllOf(HasSubstr("wide/features.npy: found 3 columns"), HasSubstr("2 as in")));
  Set("more", Npy(1, 2, {1, 2}), "image,identity,camera,hour\nb,1,c,3\n");
  EXPECT_THAT(Refusal({"a", "more"}), AllOf(HasSubstr("hour"), HasSubstr("no further columns")));
  Set("same", Npy(1, 2, {1, 2}), "image,identity,camera\na,1,c\n");
  EXPECT_THAT(Refusal({"a", "same"}),
              AllOf(HasSubstr("same/index.csv:2"), HasSubstr("a/index.csv:2")));
  EXPECT_THAT(Refusal({"a", "a"}), HasSubstr("a/features.npy again, expected each shard once"));
  EXPECT_THAT(Refusal({"a", "same/../a"}), HasSubstr("each shard once"));
  Set("twice", Npy(2, 1, {1, 2}), "image,identity,camera\na,1,c\na,1,c\n");
  EXPECT_THAT(Refusal({"twice"}), HasSubstr("image `a` again (first on line 2)"));
  EXPECT_EQ(test::CatchError([] { OpenFeatureTable({}); }).code(), ErrorCode::kUsage);
}

TEST_F(FeatureTableTest, CamerasMayBeUnknownWhereNobodyNeedsThem) {
  Set("set", Npy(1, 2, {1, 2}), "image,identity\na,1\n");
  EXPECT_THAT(Refusal({"set"}), AllOf(HasSubstr("a column `camera`"), HasSubstr("--policy none")));
  const FeatureTable table = Open({"set"}, {.needs_cameras = false});
  EXPECT_THAT(table.index.cameras, testing::ElementsAre("unknown"));
  Set("set", Npy(1, 2, {1, 2}), "image,camera,identity\na,c,1\n");
  EXPECT_THAT(Open({"set"}, {.needs_cameras = false}).index.cameras, testing::ElementsAre("c"));
}

TEST_F(FeatureTableTest, IdentitiesMayBeUnknownWhereNobodyNeedsThem) {
  Set("set", Npy(1, 2, {1, 2}), "image\na\n");
  EXPECT_THAT(Refusal({"set"}), HasSubstr("a column `identity`"));
  const FeatureTable bare = Open({"set"}, {.needs_identities = false});
  EXPECT_THAT(bare.index.identities, testing::ElementsAre("unknown"));
  EXPECT_FALSE(bare.has_identities);
  EXPECT_FALSE(bare.has_cameras);
  Set("set", Npy(1, 2, {1, 2}), "image,camera,identity\na,c,7\n");
  const FeatureTable full = Open({"set"}, {.needs_identities = false});
  EXPECT_THAT(full.index.identities, testing::ElementsAre("7"));
  EXPECT_TRUE(full.has_identities);
  EXPECT_TRUE(full.has_cameras);
}

TEST_F(FeatureTableTest, CountsHaveToAgree) {
  Set("set", Npy(3, 1, {1, 2, 3}), kTwo);
  EXPECT_THAT(Refusal({"set"}), AllOf(HasSubstr("index.csv: found 2 rows, but 3 in"),
                                      HasSubstr("is its last line missing?")));
  Set("set", Npy(1, 1, {1}), kTwo);
  EXPECT_THAT(Refusal({"set"}), HasSubstr("2 rows, but 1 in"));
  Set("set", Npy("<f4", "(0, 4)", ""), "image,identity,camera\n");
  EXPECT_THAT(Refusal({"set"}), HasSubstr("features.npy: found no rows"));
  Set("set", Npy("<f4", "(2, 0)", ""), kTwo);
  EXPECT_THAT(Refusal({"set"}), HasSubstr("0 columns"));
}

TEST_F(FeatureTableTest, BadValuesAreNamedByFileRowAndImage) {
  Set("good", Npy(1, 2, {1, 2}), "image,identity,camera\nz,1,c\n");
  Set("set", Npy(2, 2, {1, 2, std::nanf(""), 4}), kTwo);
  EXPECT_THAT(Refusal({"good", "set"}),
              AllOf(HasSubstr(Path("set/features.npy") + ": row 1 counted from 0 (image `b`)"),
                    HasSubstr("NaN in column 0")));
  Set("set", Npy("<f8", "(2, 2)", Bytes<double>({1, 2, 3, 1e39})), kTwo);
  EXPECT_THAT(Refusal({"set"}), AllOf(HasSubstr("row 1"), HasSubstr("infinity in column 1"),
                                      HasSubstr("float64 values beyond 3.4e38")));
  Set("set", Npy("<f2", "(2, 1)", Bytes<uint16_t>({0x3C00, 0x7C00})), kTwo);
  EXPECT_THAT(Refusal({"set"}), HasSubstr("infinity in column 0"));
}

TEST_F(FeatureTableTest, ZeroRowsAreRefusedForCosineOnly) {
  Set("set", Npy(2, 2, {0, 0, 3, 4}), kTwo);
  EXPECT_THAT(Refusal({"set"}), AllOf(HasSubstr("row 0"), HasSubstr("--distance euclidean")));
  EXPECT_EQ(Open({"set"}, {.refuse_zero_rows = false}).largest_value, 4.0F);
}

TEST_F(FeatureTableTest, HeadersAreCheckedWithTheFileNamed) {
  const std::string data = Bytes<float>({1, 2, 3, 4});
  for (const auto& [npy, part] : std::vector<std::pair<std::string, std::string>>{
           {Npy("<f4", "(2, 2)", data, "True"), "Fortran"},
           {Npy("<f4", "(4,)", data), "x.reshape(len(x), -1)"},
           {Npy("<f4", "(2, 2, 1)", data), "shape (2, 2, 1)"},
           {Npy("<i4", "(2, 2)", data), "dtype int32"},
           {Npy(">f4", "(2, 2)", data), "big-endian"},
           {Npy("<f4", "(2, 2)", data + "x"), "Bytes follow the array"},
           {Npy("<f4", "(200, 2)", data), "cut short"},
           {"PK\x03\x04whatever", "a zip archive"},
           {"\x80\x04whatever", "a Python pickle"},
           {"", "an empty file"}}) {
    Set("set", npy, kTwo);
    EXPECT_THAT(Refusal({"set"}), AllOf(HasSubstr("set/features.npy: found"), HasSubstr(part)));
  }
}

TEST_F(FeatureTableTest, RowsLiveAsLongAsTheyAreHeld) {
  Set("set", Npy(2, 1, {1, 2}), kTwo);
  std::shared_ptr<const RowSource> rows;
  {
    FeatureTable table = Open({"set"});
    rows = table.rows;
  }
  std::filesystem::remove_all(Path("set"));
  float scratch = 0;
  EXPECT_EQ(rows->Row(1, &scratch)[0], 2.0F);
}

}  // namespace
}  // namespace bcr
