#include "harness/nn/device_block_source.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

#include "harness/core/error.h"
#include "harness/nn/precision.h"
#include "harness/nn/torch_edge.h"

namespace bcr {
namespace {

// Rows of a tile on either side: of whole ranges, and of the small groups gathered ahead, for which
// the large ones would be padding in the main.
struct TileShape {
  size_t queries, gallery;
};
constexpr TileShape kRangeTile = {512, 4096};
constexpr TileShape kGroupTile = {32, 256};
constexpr double kZeroNorm = 1e-12;

using RowOf = std::function<size_t(size_t)>;  // place in a tile's list -> row of the side

// One side of the product: reads rows into tiles of constant shape on the device.
class Side {
 public:
  Side(const char* name, const RowSource& rows, const FeatureIndex* index,
       const std::string& device)
      : name_(name), rows_(rows), index_(index), device_(device) {}

  // tile x d: rows [begin, end) of the list, zeros beyond. REQUIRES: end - begin <= tile.
  at::Tensor Load(const RowOf& row_of, size_t begin, size_t end, size_t tile) const {
    FloatMatrix host(tile, rows_.cols());
    for (size_t i = begin; i < end; ++i) Copy(row_of(i), host.row(i - begin));
    return at::from_blob(host.data(), {Length(tile), Length(rows_.cols())}, at::kFloat)
        .to(device_, at::kFloat, /*non_blocking=*/false, /*copy=*/true);
  }

 private:
  static int64_t Length(size_t n) { return static_cast<int64_t>(n); }

  // The row divided by its norm, as NormalizeRows does.
  void Copy(size_t row, float* out) const {
    const float* values = rows_.Row(row, out);
    double squares = 0;
    for (size_t k = 0; k < rows_.cols(); ++k) squares += double{values[k]} * values[k];
    const double norm = std::sqrt(squares);
    if (!(norm >= kZeroNorm) || !std::isfinite(norm)) Refuse(row, norm);
    for (size_t k = 0; k < rows_.cols(); ++k) out[k] = static_cast<float>(values[k] / norm);
  }

  [[noreturn]] void Refuse(size_t row, double norm) const {
    std::string where = std::string(name_) + " features: row " + std::to_string(row);
    if (index_ != nullptr) where += " (" + index_->images[row] + ")";
    throw Error(ErrorCode::kData,
                {where, std::isfinite(norm) ? "a row of zeros" : "NaN or infinity",
                 "finite values, not all zero",
                 "A cosine needs a direction; extract this image again or drop it."});
  }

  const char* name_;
  const RowSource& rows_;
  const FeatureIndex* index_;
  const at::Device device_;
};

class DeviceBlockSource : public BlockSource {
 public:
  DeviceBlockSource(const RowSource& query, const RowSource& gallery, const std::string& device,
                    const FeatureIndex* query_index, const FeatureIndex* gallery_index)
      : queries_(query.rows()),
        gallery_(gallery.rows()),
        query_side_("query", query, query_index, device),
        gallery_side_("gallery", gallery, gallery_index, device) {}

  size_t queries() const override { return queries_; }
  size_t gallery() const override { return gallery_; }

  void Fill(size_t q_begin, size_t q_end, size_t g_begin, size_t g_end, int, float* out) override {
    TranslateTorch(
        [&] {
          const c10::InferenceMode inference;
          PrepareQueries(q_begin, q_end);
          MultiplyAll(
              kRangeTile, query_tiles_, q_end - q_begin, [&](size_t i) { return g_begin + i; },
              g_end - g_begin, out);
        },
        "scores on the device");
  }

  void FillGroups(std::span<const RowGroup> groups, int) override {
    TranslateTorch(
        [&] {
          const c10::InferenceMode inference;
          for (const RowGroup& group : groups) {
            const auto tiles = LoadTiles(
                kGroupTile, [&](size_t i) { return size_t{group.query_rows[i]}; },
                group.query_rows.size());
            MultiplyAll(
                kGroupTile, tiles, group.query_rows.size(),
                [&](size_t i) { return size_t{group.gallery_rows[i]}; }, group.gallery_rows.size(),
                group.out);
          }
        },
        "scores on the device");
  }

 private:
  std::vector<at::Tensor> LoadTiles(const TileShape& shape, const RowOf& row_of,
                                    size_t rows) const {
    std::vector<at::Tensor> tiles;
    for (size_t i = 0; i < rows; i += shape.queries) {
      const size_t end = std::min(rows, i + shape.queries);
      tiles.push_back(query_side_.Load(row_of, i, end, shape.queries));
    }
    return tiles;
  }

  void PrepareQueries(size_t begin, size_t end) {
    if (begin == begin_ && end == end_) return;
    query_tiles_.clear();
    begin_ = end_ = 0;
    query_tiles_ = LoadTiles(
        kRangeTile, [&](size_t i) { return begin + i; }, end - begin);
    begin_ = begin;
    end_ = end;
  }

  // out[i * columns + j]: query i of the tiles, gallery row row_of(j).
  void MultiplyAll(const TileShape& shape, const std::vector<at::Tensor>& tiles, size_t rows,
                   const RowOf& row_of, size_t columns, float* out) const {
    for (size_t g = 0; g < columns; g += shape.gallery) {
      const size_t width = std::min(columns, g + shape.gallery) - g;
      const at::Tensor gallery = gallery_side_.Load(row_of, g, g + width, shape.gallery).t();
      for (size_t t = 0; t < tiles.size(); ++t) {
        const at::Tensor scores = at::mm(tiles[t], gallery).to(at::kCPU).contiguous();
        const float* from = scores.const_data_ptr<float>();
        const size_t first = t * shape.queries, last = std::min(rows, first + shape.queries);
        for (size_t i = first; i < last; ++i) {
          std::memcpy(out + i * columns + g, from + (i - first) * shape.gallery,
                      width * sizeof(float));
        }
      }
    }
  }

  const size_t queries_;
  const size_t gallery_;
  const Side query_side_;
  const Side gallery_side_;
  std::vector<at::Tensor> query_tiles_;  // of rows [begin_, end_)
  size_t begin_ = 0, end_ = 0;
};

}  // namespace

std::unique_ptr<BlockSource> NewDeviceBlockSource(const RowSource& query, const RowSource& gallery,
                                                  Distance distance, const std::string& device,
                                                  const FeatureIndex* query_index,
                                                  const FeatureIndex* gallery_index) {
  if (distance != Distance::kCosine) {
    throw Error(ErrorCode::kUsage, {"--device " + device, "--distance euclidean", "cosine",
                                    "Euclidean distances are summed directly, on the CPU."});
  }
  if (query.cols() != gallery.cols()) {
    throw Error(ErrorCode::kData, {"query and gallery features",
                                   "widths " + std::to_string(query.cols()) + " and " +
                                       std::to_string(gallery.cols()),
                                   "equal widths", "Truncate, pad or project one side first."});
  }
  SetDeterministicNumerics();
  return std::make_unique<DeviceBlockSource>(query, gallery, device, query_index, gallery_index);
}

}  // namespace bcr
