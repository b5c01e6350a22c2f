#include "harness/features/kept_rows.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "harness/features/row_source.h"

namespace bcr {
namespace {

constexpr size_t kBlockRows = 64;

class KeptRows : public RowSource {
 public:
  KeptRows(size_t rows, size_t cols, RowMaker make)
      : rows_(rows),
        cols_(cols),
        make_(std::move(make)),
        blocks_((rows + kBlockRows - 1) / kBlockRows),
        ready_(blocks_.size()) {}

  size_t rows() const override { return rows_; }
  size_t cols() const override { return cols_; }

  const float* Row(size_t i, float*) const override {
    const size_t block = i / kBlockRows;
    if (!ready_[block].load(std::memory_order_acquire)) {
      const std::lock_guard lock(mutexes_[block % mutexes_.size()]);
      if (!ready_[block].load(std::memory_order_relaxed)) {
        Compute(block);
        ready_[block].store(true, std::memory_order_release);
      }
    }
    return blocks_[block].get() + i % kBlockRows * cols_;
  }

 private:
  void Compute(size_t block) const {
    const size_t first = block * kBlockRows, count = std::min(kBlockRows, rows_ - first);
    auto rows = std::make_unique_for_overwrite<float[]>(count * cols_);
    make_(first, count, rows.get());
    blocks_[block] = std::move(rows);
  }

  const size_t rows_, cols_;
  const RowMaker make_;
  mutable std::vector<std::unique_ptr<float[]>> blocks_;
  mutable std::vector<std::atomic<bool>> ready_;
  mutable std::array<std::mutex, 64> mutexes_;  // a block's is that of its number modulo 64
};

}  // namespace

std::shared_ptr<const RowSource> NewKeptRows(size_t rows, size_t cols, RowMaker make) {
  return std::make_shared<KeptRows>(rows, cols, std::move(make));
}

}  // namespace bcr
