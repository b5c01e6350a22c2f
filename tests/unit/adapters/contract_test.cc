// Every registered adapter, found by itself: its descriptor, fitting, saving and loading, equal bits
// whatever the order of reading and the number of threads, refusals.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "harness/adapt/adapter_cost.h"
#include "harness/adapt/adapter_files.h"
#include "harness/adapt/fit_data.h"
#include "harness/adapt/fitted_adapter.h"
#include "harness/core/files.h"
#include "harness/core/parallel.h"
#include "harness/features/feature_set.h"
#include "tests/unit/adapt/random_rows.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using test::Own;
using test::RandomRows;
using test::ReadAll;
using test::SameBits;
using testing::HasSubstr;

struct Case {
  const AdapterInfo* info;
  size_t in, out;
};

bool Serves(AdapterWidths widths, size_t in, size_t out) {
  if (widths == AdapterWidths::kAny) return true;
  return widths == (in == out ? AdapterWidths::kEqual
                              : (in > out ? AdapterWidths::kNarrower : AdapterWidths::kWider));
}

std::vector<Case> AllCases() {
  std::vector<Case> cases;
  for (const AdapterInfo* info : adapter_table()) {
    for (const auto& [in, out] : {std::pair<size_t, size_t>{20, 20}, {40, 17}, {17, 40}, {1, 1}}) {
      if (Serves(info->widths, in, out)) cases.push_back({info, in, out});
    }
  }
  return cases;
}

std::vector<Case> FittedCases() {
  std::vector<Case> cases = AllCases();
  std::erase_if(cases, [](const Case& one) { return one.info->needs != AdapterNeeds::kRows; });
  return cases;
}

// Rows of two models that see the same thing in one column and differ in the others.
FloatMatrix Targets(const FloatMatrix& from, size_t width) {
  FloatMatrix to = RandomRows(from.rows(), width, 22);
  for (size_t i = 0; i < to.rows(); ++i) to.row(i)[0] += 3 * from.row(i)[0];
  return to;
}

class AdapterContract : public ::testing::TestWithParam<Case> {
 protected:
  FloatMatrix Sources() const { return RandomRows(300, GetParam().in, 21); }
  FitData Pairs(int threads = 1) const {
    FitData data;
    data.from = Own(Sources());
    data.to = Own(Targets(Sources(), GetParam().out));
    data.threads = threads;
    return data;
  }
  AdapterChoice Choice() const {
    const AdapterInfo& info = *GetParam().info;
    std::string reference = info.name;
    if (!info.contract_parameters.empty()) reference += "," + info.contract_parameters;
    if (info.needs == AdapterNeeds::kFile) {
      const std::string path = JoinPath(folder_.path(), "matrix.npy");
      WriteNpy(path, RandomRows(GetParam().out, GetParam().in, 23).view());
      reference += ",matrix=" + path;
    }
    return ParseAdapter(adapter_table(), reference);
  }
  FittedAdapter Fit(int threads = 1) const { return FitAdapter(Choice(), Pairs(threads)); }
  FloatMatrix Sample() const { return RandomRows(150, GetParam().in, 24); }

  const TemporaryFolder folder_;
};

// For adapters that are fitted on rows.
class FittedContract : public AdapterContract {};

TEST_P(AdapterContract, DescribesItself) {
  const AdapterInfo& info = *GetParam().info;
  EXPECT_GE(info.revision, 1);
  EXPECT_NE(info.about, "");
  EXPECT_NE(info.source, "");
  EXPECT_TRUE(ParseJson(info.parameters, info.name).is_object());
  EXPECT_FALSE(info.sides.empty());
  EXPECT_EQ(info.needs == AdapterNeeds::kFile,
            ParseJson(info.parameters, info.name).contains("matrix"));
}

TEST_P(AdapterContract, MapsToTheOtherWidth) {
  const FittedAdapter adapter = Fit();
  EXPECT_EQ(adapter.width_in(), GetParam().in);
  EXPECT_EQ(adapter.width_out(), GetParam().out);
  const auto mapped = adapter.Apply(Own(Sample()), "sample");
  EXPECT_EQ(mapped->rows(), 150U);
  EXPECT_EQ(mapped->cols(), GetParam().out);
  double largest = 0;
  const FloatMatrix values = ReadAll(*mapped);
  for (size_t i = 0; i < 150 * GetParam().out; ++i) {
    ASSERT_TRUE(std::isfinite(values.data()[i]));
    largest = std::max(largest, std::abs(static_cast<double>(values.data()[i])));
  }
  EXPECT_GT(largest, 0);
}

TEST_P(AdapterContract, SavedAndLoadedItGivesTheSameBits) {
  const FittedAdapter fitted = Fit();
  const std::string folder = JoinPath(folder_.path(), "adapter");
  SaveAdapter(fitted, folder);
  const FittedAdapter loaded = LoadAdapter(adapter_table(), folder);
  EXPECT_EQ(loaded.hash(), fitted.hash());
  EXPECT_TRUE(SameBits(ReadAll(*loaded.Apply(Own(Sample()), "sample")),
                       ReadAll(*fitted.Apply(Own(Sample()), "sample"))));
  const std::string text = ReadFile(JoinPath(folder, "adapter.json"));
  SaveAdapter(Fit(), folder);
  EXPECT_EQ(ReadFile(JoinPath(folder, "adapter.json")), text);
}

TEST_P(AdapterContract, EveryThreadCountFitsTheSameBits) {
  const std::string hash = Fit(1).hash();
  EXPECT_EQ(Fit(2).hash(), hash);
  EXPECT_EQ(Fit(5).hash(), hash);
}

TEST_P(AdapterContract, ARowAloneHasTheBitsItHasAmongOthers) {
  const FittedAdapter adapter = Fit();
  const FloatMatrix sample = Sample();
  const FloatMatrix expected = ReadAll(*adapter.Apply(Own(sample), "sample"));
  for (const size_t size : {1, 7, 64, 149}) {
    for (size_t first = 0; first < sample.rows(); first += size) {
      const size_t count = std::min<size_t>(size, sample.rows() - first);
      const auto rows = NewMatrixRows({sample.row(first), count, sample.cols()});
      const auto part =
          adapter.Apply(std::shared_ptr<const RowSource>(rows.get(), [](auto*) {}), "sample");
      const FloatMatrix mapped = ReadAll(*part);
      ASSERT_EQ(
          std::memcmp(mapped.data(), expected.row(first), count * expected.cols() * sizeof(float)),
          0)
          << size << " from " << first;
    }
  }
}

TEST_P(AdapterContract, ManyThreadsReadTheSameBits) {
  const FittedAdapter adapter = Fit();
  const FloatMatrix sample = Sample();
  const FloatMatrix expected = ReadAll(*adapter.Apply(Own(sample), "sample"));
  const auto mapped = adapter.Apply(Own(sample), "sample");
  FloatMatrix all(sample.rows(), mapped->cols());
  ParallelFor(sample.rows(), 4, [&](size_t i) {
    const size_t row = sample.rows() - 1 - i;
    std::vector<float> scratch(mapped->cols());
    std::copy_n(mapped->Row(row, scratch.data()), mapped->cols(), all.row(row));
  });
  EXPECT_TRUE(SameBits(all, expected));
}

TEST_P(AdapterContract, MappedRowsOutliveTheAdapter) {
  std::shared_ptr<const RowSource> mapped;
  FloatMatrix expected;
  {
    const FittedAdapter adapter = Fit();
    expected = ReadAll(*adapter.Apply(Own(Sample()), "sample"));
    mapped = adapter.Apply(Own(Sample()), "sample");
  }
  EXPECT_TRUE(SameBits(ReadAll(*mapped), expected));
}

TEST_P(AdapterContract, OtherWidthsAreRefused) {
  const FittedAdapter adapter = Fit();
  const Error error = test::CatchError(
      [&] { adapter.Apply(Own(FloatMatrix(1, GetParam().in + 1)), "new queries"); });
  EXPECT_EQ(error.code(), ErrorCode::kData);
  EXPECT_EQ(error.text().where, "new queries");
  EXPECT_THAT(error.text().found, HasSubstr(std::to_string(GetParam().in + 1)));
  EXPECT_THAT(error.text().expected, HasSubstr(std::to_string(GetParam().in)));
  EXPECT_NE(error.text().hint, "");
  for (const size_t out : {GetParam().in, GetParam().in + 1, GetParam().in - 1}) {
    if (Serves(GetParam().info->widths, GetParam().in, out) && out > 0) continue;
    FitData data = Pairs();
    data.to = Own(FloatMatrix(300, out));
    EXPECT_EQ(test::CatchError([&] { FitAdapter(Choice(), data); }).code(), ErrorCode::kData);
  }
}

TEST_P(AdapterContract, RowsThatAreNotFiniteAreRefused) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    FloatMatrix sample = Sample();
    // In the last column, which a narrower map does not use.
    sample.row(99)[GetParam().in - 1] = bad;
    const Error error =
        test::CatchError([&] { ReadAll(*Fit().Apply(Own(sample), "new queries")); });
    EXPECT_EQ(error.code(), ErrorCode::kData);
    EXPECT_EQ(error.text().where, "new queries: row 99 counted from 0");
  }
}

TEST_P(FittedContract, RowsThatAreNotFiniteAreNotFittedOn) {
  FloatMatrix rows = Targets(Sources(), GetParam().out);
  rows.row(299)[0] = std::numeric_limits<float>::quiet_NaN();
  FitData data = Pairs();
  data.to = Own(rows);
  EXPECT_THAT(test::MessageOf([&] { FitAdapter(Choice(), data); }), HasSubstr("row 299"));
}

TEST_P(FittedContract, RowsLeftOutHaveNoPartInTheFit) {
  FitData all = Pairs(), some = Pairs();
  some.valid.assign(300, true);
  EXPECT_EQ(FitAdapter(Choice(), some).hash(), FitAdapter(Choice(), all).hash());
  FloatMatrix rows = Targets(Sources(), GetParam().out);
  rows.row(7)[0] = 1e6F;
  some.valid[7] = false;
  const std::string hash = FitAdapter(Choice(), some).hash();
  some.to = Own(rows);
  EXPECT_EQ(FitAdapter(Choice(), some).hash(), hash);
  some.valid[7] = true;
  EXPECT_NE(FitAdapter(Choice(), some).hash(), hash);
}

TEST_P(FittedContract, UnpairedRowsAreRefused) {
  FitData data = Pairs();
  data.to = Own(RandomRows(299, GetParam().out, 22));
  EXPECT_EQ(test::CatchError([&] { FitAdapter(Choice(), data); }).code(), ErrorCode::kData);
}

TEST_P(AdapterContract, CostIsMeasured) {
  const AdapterCost cost = MeasureAdapter(Fit(), Own(Sample()));
  EXPECT_EQ(cost.bytes_a_row, GetParam().out * sizeof(float));
  EXPECT_GE(cost.ms_a_row, 0);
}

std::string NameOfCase(const ::testing::TestParamInfo<Case>& test) {
  std::string name = test.param.info->name + "_" + std::to_string(test.param.in) + "_" +
                     std::to_string(test.param.out);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Registered, AdapterContract, ::testing::ValuesIn(AllCases()), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Registered, FittedContract, ::testing::ValuesIn(FittedCases()),
                         NameOfCase);

}  // namespace
}  // namespace bcr
