#include "harness/adapt/adapter_cost.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <utility>
#include <vector>

#include "harness/adapt/fitted_adapter.h"
#include "harness/core/error.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

constexpr char kWhere[] = "rows to measure an adapter on";

FloatMatrix FirstRows(const RowSource& rows, size_t count) {
  FloatMatrix copy(count, rows.cols());
  std::vector<float> scratch(rows.cols());
  for (size_t i = 0; i < count; ++i) {
    std::copy_n(rows.Row(i, scratch.data()), rows.cols(), copy.row(i));
  }
  return copy;
}

std::shared_ptr<const RowSource> Map(const FittedAdapter& adapter, MatrixView rows) {
  return adapter.Apply(NewMatrixRows(rows), kWhere);
}

void Verify(const FittedAdapter& adapter, const FloatMatrix& rows) {
  const auto together = Map(adapter, rows.view());
  std::vector<float> scratch(adapter.width_out()), other(adapter.width_out());
  const size_t step = std::max<size_t>(1, rows.rows() / 16);
  for (size_t i = 0; i < rows.rows(); i += step) {
    const auto alone = Map(adapter, {rows.row(i), 1, rows.cols()});
    if (std::memcmp(together->Row(i, scratch.data()), alone->Row(0, other.data()),
                    adapter.width_out() * sizeof(float)) != 0) {
      throw Error(ErrorCode::kInternal,
                  {"adapter " + adapter.info().name, "a row that depends on its neighbours",
                   "the same bits for a row mapped alone", "Please report it."});
    }
  }
}

double SecondsToRead(const RowSource& mapped) {
  std::vector<float> scratch(mapped.cols());
  volatile float kept = 0;  // so that the reading is not left out
  const auto begin = std::chrono::steady_clock::now();
  for (size_t i = 0; i < mapped.rows(); ++i) kept = mapped.Row(i, scratch.data())[0];
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  static_cast<void>(kept);
  return seconds.count();
}

}  // namespace

AdapterCost MeasureAdapter(const FittedAdapter& adapter, std::shared_ptr<const RowSource> rows,
                           size_t most) {
  if (rows->rows() == 0 || most == 0) {
    throw Error(ErrorCode::kData, {kWhere, "none", "at least one row", ""});
  }
  const FloatMatrix sample = FirstRows(*rows, std::min(most, rows->rows()));
  Verify(adapter, sample);
  std::array<double, 5> seconds{};
  for (double& pass : seconds) pass = SecondsToRead(*Map(adapter, sample.view()));
  std::nth_element(seconds.begin(), seconds.begin() + 2, seconds.end());
  AdapterCost cost;
  cost.rows = sample.rows();
  cost.ms_a_row = seconds[2] * 1000 / static_cast<double>(sample.rows());
  cost.bytes_a_row = adapter.width_out() * sizeof(float);
  for (const auto& [name, array] : adapter.state().arrays) {
    cost.bytes_of_map += array.rows() * array.cols() * sizeof(float);
  }
  return cost;
}

}  // namespace bcr
