#include "harness/adapt/dense_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "harness/adapt/adapted_row.h"
#include "harness/adapt/adapter.h"
#include "harness/core/error.h"
#include "harness/features/kept_rows.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

constexpr size_t kMostLayers = 64;  // far beyond any map of feature rows: a state comes from a file
constexpr char kSkip[] = "skip";

std::string WeightsName(size_t layer) { return fmt::format("weights_{}", layer); }
std::string OffsetName(size_t layer) { return fmt::format("offset_{}", layer); }
std::string ReluName(size_t layer) { return fmt::format("relu_{}", layer); }

FloatMatrix Transposed(const FloatMatrix& matrix) {
  FloatMatrix out(matrix.cols(), matrix.rows());
  for (size_t i = 0; i < matrix.rows(); ++i) {
    for (size_t j = 0; j < matrix.cols(); ++j) out.row(j)[i] = matrix.row(i)[j];
  }
  return out;
}

// to (count x out) += from (count x in) times `transposed` (in x out). Each sum runs in ascending
// order of the input's columns, whatever `count`; a row of weights serves all rows of the block.
void AddProduct(const FloatMatrix& transposed, const float* from, size_t count, float* to) {
  const size_t in = transposed.rows(), out = transposed.cols();
  for (size_t k = 0; k < in; ++k) {
    const float* const weights = transposed.row(k);
    for (size_t r = 0; r < count; ++r) {
      const float factor = from[r * in + k];
      float* const sums = to + r * out;
      for (size_t j = 0; j < out; ++j) sums[j] += factor * weights[j];
    }
  }
}

// A network with its weights transposed, and the rows that it maps.
class NetworkMaker {
 public:
  NetworkMaker(const DenseNetwork& network, std::shared_ptr<const RowSource> source)
      : source_(std::move(source)), unit_rows_(network.unit_rows) {
    for (const DenseLayer& layer : network.layers)
      layers_.push_back({Transposed(layer.weights), layer.offset, layer.relu});
    if (network.skip.rows() > 0) skip_ = Transposed(network.skip);
  }

  void Make(size_t first, size_t count, float* mapped) const {
    constexpr size_t kBlock = 16;
    const size_t out = layers_.back().offset.cols();
    for (size_t done = 0; done < count; done += kBlock) {
      MakeBlock(first + done, std::min(kBlock, count - done), mapped + done * out);
    }
  }

 private:
  void MakeBlock(size_t first, size_t count, float* mapped) const {
    const std::vector<float> input = Inputs(first, count);
    std::vector<float> from = input, to;
    for (const DenseLayer& layer : layers_) {
      const size_t out = layer.offset.cols();
      to.resize(count * out);
      for (size_t r = 0; r < count; ++r) std::copy_n(layer.offset.data(), out, to.data() + r * out);
      AddProduct(layer.weights, from.data(), count, to.data());
      if (layer.relu) {
        for (float& value : to) value = std::max(value, 0.0F);
      }
      from.swap(to);
    }
    if (skip_.rows() > 0) AddProduct(skip_, input.data(), count, from.data());
    RequireFinite(first, count, from);
    std::copy(from.begin(), from.end(), mapped);
  }

  std::vector<float> Inputs(size_t first, size_t count) const {
    const size_t width = source_->cols();
    std::vector<float> input(count * width), scratch(width);
    for (size_t r = 0; r < count; ++r) {
      const float* const row = source_->Row(first + r, scratch.data());
      const double length = unit_rows_ ? RowLength(row, width) : 1.0;
      if (!(length >= kShortestRow)) RefuseRowToMap(first + r);
      for (size_t k = 0; k < width; ++k) input[r * width + k] = static_cast<float>(row[k] / length);
    }
    return input;
  }

  static void RequireFinite(size_t first, size_t count, const std::vector<float>& mapped) {
    const size_t out = mapped.size() / count;
    for (size_t i = 0; i < mapped.size(); ++i) {
      if (!std::isfinite(mapped[i])) RefuseMappedRow(first + i / out);
    }
  }

  const std::shared_ptr<const RowSource> source_;
  const bool unit_rows_;
  std::vector<DenseLayer> layers_;  // weights transposed: in x out
  FloatMatrix skip_;                // likewise
};

}  // namespace

DenseNetwork ReadNetwork(const AdapterState& state) {
  DenseNetwork network;
  network.unit_rows = NumberOf(state, "unit_rows") != 0;
  const double layers = NumberOf(state, "layers");
  if (!(layers >= 1 && layers <= static_cast<double>(kMostLayers))) {
    throw Error(ErrorCode::kData, {"adapter: number `layers`", fmt::format("{}", layers),
                                   fmt::format("1 to {}", kMostLayers), "Fit the adapter again."});
  }
  size_t width = state.width_in;
  const auto count = static_cast<size_t>(layers);
  for (size_t i = 0; i < count; ++i) {
    const auto found = state.arrays.find(OffsetName(i));
    const size_t out =
        i + 1 == count || found == state.arrays.end() ? state.width_out : found->second.cols();
    network.layers.push_back({ArrayOf(state, WeightsName(i), out, width),
                              ArrayOf(state, OffsetName(i), 1, out),
                              NumberOf(state, ReluName(i)) != 0});
    width = out;
  }
  if (state.arrays.contains(kSkip))
    network.skip = ArrayOf(state, kSkip, state.width_out, state.width_in);
  return network;
}

void StoreNetwork(const DenseNetwork& network, AdapterState& state) {
  for (size_t i = 0; i < network.layers.size(); ++i) {
    state.arrays[WeightsName(i)] = network.layers[i].weights;
    state.arrays[OffsetName(i)] = network.layers[i].offset;
    state.numbers[ReluName(i)] = network.layers[i].relu ? 1.0 : 0.0;
  }
  if (network.skip.rows() > 0) state.arrays[kSkip] = network.skip;
  state.numbers["layers"] = static_cast<double>(network.layers.size());
  state.numbers["unit_rows"] = network.unit_rows ? 1.0 : 0.0;
}

std::shared_ptr<const RowSource> NewNetworkRows(const DenseNetwork& network,
                                                std::shared_ptr<const RowSource> rows) {
  const size_t count = rows->rows(), width = network.layers.back().offset.cols();
  const auto maker = std::make_shared<const NetworkMaker>(network, std::move(rows));
  return NewKeptRows(count, width, [maker](size_t first, size_t size, float* out) {
    maker->Make(first, size, out);
  });
}

std::shared_ptr<const RowSource> ApplyNetwork(const AdapterState& state,
                                              std::shared_ptr<const RowSource> rows) {
  return NewNetworkRows(ReadNetwork(state), std::move(rows));
}

}  // namespace bcr
