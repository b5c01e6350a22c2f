#include <gmock/gmock.h>

#include "harness/adapt/fit_data.h"
#include "harness/adapt/fitted_adapter.h"
#include "harness/core/files.h"
#include "harness/features/feature_set.h"
#include "tests/unit/adapt/random_rows.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using test::Own;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

FloatMatrix Matrix(size_t rows, size_t cols, const std::vector<float>& values) {
  FloatMatrix matrix(rows, cols);
  std::copy(values.begin(), values.end(), matrix.data());
  return matrix;
}

FittedAdapter Make(const std::string& reference, size_t in, size_t out) {
  FitData data;
  data.from = Own(FloatMatrix(0, in));  // only the widths matter
  data.to = Own(FloatMatrix(2, out));
  return FitAdapter(ParseAdapter(adapter_table(), reference), data);
}

std::vector<float> Map(const FittedAdapter& adapter, const FloatMatrix& row) {
  const FloatMatrix mapped = test::ReadAll(*adapter.Apply(Own(row), "row"));
  return std::vector<float>(mapped.data(), mapped.data() + mapped.cols());
}

TEST(WidthAdapters, KeepCutAndPad) {
  const FloatMatrix row = Matrix(1, 3, {1, 2, 3});
  EXPECT_THAT(Map(Make("equal", 3, 3), row), ElementsAre(1, 2, 3));
  EXPECT_THAT(Map(Make("truncate", 3, 2), row), ElementsAre(1, 2));
  EXPECT_THAT(Map(Make("pad", 3, 5), row), ElementsAre(1, 2, 3, 0, 0));
  EXPECT_THAT(
      test::MessageOf([] { Make("pad", 3, 2); }),
      AllOf(HasSubstr("width 3 mapped to 2"), HasSubstr("narrower model mapped to a wider")));
}

TEST(WidthAdapters, RowsInMemoryAreLookedAtInPlace) {
  const FloatMatrix rows = Matrix(2, 3, {1, 2, 3, 4, 5, 6});
  const std::shared_ptr<const RowSource> source = NewMatrixRows(rows.view());
  std::vector<float> scratch(3);
  EXPECT_EQ(Make("equal", 3, 3).Apply(source, "rows")->Row(1, scratch.data()), rows.row(1));
  EXPECT_EQ(Make("truncate", 3, 2).Apply(source, "rows")->Row(1, scratch.data()), rows.row(1));
}

TEST(Projection, MultipliesByTheGivenMatrix) {
  const TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "p.npy");
  WriteNpy(path, Matrix(2, 3, {1, 0, 2, 0, 3, -1}).view());
  const FittedAdapter adapter = Make("projection,matrix=" + path, 3, 2);
  EXPECT_THAT(Map(adapter, Matrix(1, 3, {1, 2, 3})), ElementsAre(7, 3));
  // The stored adapter needs the file no more, and another name of the file is the same map.
  const std::string copy = JoinPath(folder.path(), "q.npy");
  WriteFileAtomic(copy, std::string_view(ReadFile(path)));
  EXPECT_EQ(Make("projection,matrix=" + copy, 3, 2).hash(), adapter.hash());
}

TEST(Projection, AnotherShapeOrNoFileIsRefused) {
  const TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "p.npy");
  WriteNpy(path, Matrix(3, 2, {1, 0, 2, 0, 3, -1}).view());
  EXPECT_THAT(test::MessageOf([&] { Make("projection,matrix=" + path, 3, 2); }),
              AllOf(HasSubstr("shape (3, 2)"), HasSubstr("shape (2, 3)")));
  EXPECT_THAT(test::MessageOf([] { Make("projection", 3, 2); }), HasSubstr("no file"));
}

}  // namespace
}  // namespace bcr
