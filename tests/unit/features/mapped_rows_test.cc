#include "harness/features/mapped_rows.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "harness/features/row_source.h"
#include "tests/unit/core/catch_error.h"
#include "tests/unit/features/feature_files_fixture.h"

namespace bcr::internal {
namespace {

using test::Bytes;
using test::Npy;
using test::Safetensors;
using testing::ElementsAre;
using testing::HasSubstr;

class MappedRowsTest : public testing::Test {
 protected:
  MappedRows Npys(const std::string& bytes) {
    test::Put(folder_.path() + "/x.npy", bytes);
    return MapNpy(folder_.path() + "/x.npy");
  }
  MappedRows Tensors(const std::vector<test::NamedTensor>& tensors) {
    test::Put(folder_.path() + "/x.safetensors", Safetensors(tensors));
    return MapSafetensors(folder_.path() + "/x.safetensors");
  }
  std::string Refusal(const std::vector<test::NamedTensor>& tensors) {
    return test::MessageOf([&] { Tensors(tensors); });
  }
  TemporaryFolder folder_;
};

std::vector<float> RowOf(const RowSource& rows, size_t i) {
  std::vector<float> scratch(rows.cols());
  const float* const row = rows.Row(i, scratch.data());
  return {row, row + rows.cols()};
}

TEST_F(MappedRowsTest, AllTypesOfNpy) {
  const MappedRows half = Npys(Npy("<f2", "(2, 2)", Bytes<uint16_t>({0x3C00, 0, 0xC000, 0x3800})));
  EXPECT_EQ(half.type, ElementType::kFloat16);
  EXPECT_EQ(half.rows->rows(), 2U);
  EXPECT_THAT(RowOf(*half.rows, 1), ElementsAre(-2.0F, 0.5F));
  const MappedRows full = Npys(Npy("<f8", "(1, 3)", Bytes<double>({1, 2, 0.1})));
  EXPECT_EQ(full.type, ElementType::kFloat64);
  EXPECT_THAT(RowOf(*full.rows, 0), ElementsAre(1.0F, 2.0F, 0.1F));
}

TEST_F(MappedRowsTest, AlignedFloatsAreNotCopiedAndOthersAreRight) {
  bool direct = false, copied = false;
  for (size_t padding = 0; padding < 4; ++padding) {
    const MappedRows mapped =
        Npys(Npy("<f4", "(2, 2)", Bytes<float>({1, 2, 3, 4}), "False", padding));
    std::vector<float> scratch(2);
    const float* const row = mapped.rows->Row(1, scratch.data());
    (row == scratch.data() ? copied : direct) = true;
    EXPECT_THAT(RowOf(*mapped.rows, 1), ElementsAre(3.0F, 4.0F)) << padding;
  }
  EXPECT_TRUE(direct);
  EXPECT_TRUE(copied);
}

TEST_F(MappedRowsTest, RowsOutliveTheNameOfTheFile) {
  const MappedRows mapped = Npys(Npy(1, 2, {5, 6}));
  std::filesystem::remove(folder_.path() + "/x.npy");
  EXPECT_THAT(RowOf(*mapped.rows, 0), ElementsAre(5.0F, 6.0F));
}

TEST_F(MappedRowsTest, AllTypesOfSafetensors) {
  const MappedRows bfloat = Tensors({{"e", "BF16", {1, 2}, Bytes<uint16_t>({0x3F80, 0xC020})}});
  EXPECT_EQ(bfloat.type, ElementType::kBfloat16);
  EXPECT_THAT(RowOf(*bfloat.rows, 0), ElementsAre(1.0F, -2.5F));
  EXPECT_THAT(RowOf(*Tensors({{"e", "F16", {1, 1}, Bytes<uint16_t>({0x3C00})}}).rows, 0),
              ElementsAre(1.0F));
  EXPECT_THAT(RowOf(*Tensors({{"e", "F64", {1, 1}, Bytes<double>({2.5})}}).rows, 0),
              ElementsAre(2.5F));
  EXPECT_THAT(RowOf(*Tensors({{"e", "F32", {2, 1}, Bytes<float>({1, 2})}}).rows, 1),
              ElementsAre(2.0F));
}

TEST_F(MappedRowsTest, TheTensorNamedFeaturesIsTakenAmongOthers) {
  const MappedRows mapped = Tensors({{"a", "U8", {3}, "xyz"},
                                     {"features", "F32", {1, 2}, Bytes<float>({8, 9})},
                                     {"z", "F32", {1, 1}, Bytes<float>({1})}});
  EXPECT_THAT(RowOf(*mapped.rows, 0), ElementsAre(8.0F, 9.0F));
}

TEST_F(MappedRowsTest, RefusesOtherTensors) {
  EXPECT_THAT(Refusal({}), HasSubstr("no tensor"));
  EXPECT_THAT(Refusal({{"a", "F32", {1, 1}, Bytes<float>({1})}, {"b", "U8", {1}, "x"}}),
              HasSubstr("the tensors a, b"));
  EXPECT_THAT(Refusal({{"a", "I64", {1, 1}, Bytes<int64_t>({1})}}), HasSubstr("dtype I64"));
  EXPECT_THAT(Refusal({{"a", "F32", {2}, Bytes<float>({1, 2})}}),
              testing::AllOf(HasSubstr("x.safetensors: a"), HasSubstr("shape (2)")));
  EXPECT_THAT(Refusal({{"a", "F32", {1, 1, 1}, Bytes<float>({1})}}), HasSubstr("shape (1, 1, 1)"));
  EXPECT_THAT(Refusal({{"a", "F32", {3, 0}, ""}}), HasSubstr("0 columns"));
}

TEST_F(MappedRowsTest, NamesMissingFiles) {
  EXPECT_EQ(test::CatchError([] { MapNpy("/no/x.npy"); }).code(), ErrorCode::kMissing);
  EXPECT_EQ(test::CatchError([] { MapSafetensors("/no/x.safetensors"); }).code(),
            ErrorCode::kMissing);
}

}  // namespace
}  // namespace bcr::internal
