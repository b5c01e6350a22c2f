#include "harness/adapt/fit_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "harness/core/error.h"
#include "harness/features/feature_table.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

// The rows of `source` in another order. Unlike NewSelectedRows it keeps its source alive.
class ReorderedRows : public RowSource {
 public:
  ReorderedRows(std::shared_ptr<const RowSource> source, std::vector<uint32_t> order)
      : source_(std::move(source)), order_(std::move(order)) {}
  size_t rows() const override { return order_.size(); }
  size_t cols() const override { return source_->cols(); }
  const float* Row(size_t i, float* scratch) const override {
    return source_->Row(order_[i], scratch);
  }

 private:
  const std::shared_ptr<const RowSource> source_;
  const std::vector<uint32_t> order_;
};

std::string NameOfSet(const FeatureTable& table) {
  return table.parts.empty() ? "a feature set" : table.parts.front().path;
}

[[noreturn]] void Refuse(std::string where, std::string found, std::string expected,
                         std::string hint) {
  throw Error(ErrorCode::kData,
              {std::move(where), std::move(found), std::move(expected), std::move(hint)});
}

using RowOfImage = std::unordered_map<std::string, uint32_t>;

RowOfImage RowsByImage(const FeatureTable& table) {
  RowOfImage rows;
  rows.reserve(table.index.size());
  for (size_t i = 0; i < table.index.size(); ++i) {
    rows.emplace(table.index.images[i], static_cast<uint32_t>(i));
  }
  return rows;
}

// Throws where images of `table` are not among `others`.
void RequireImages(const FeatureTable& table, const RowOfImage& others, const FeatureTable& other) {
  size_t missing = 0;
  const std::string* first = nullptr;
  for (const std::string& image : table.index.images) {
    if (others.contains(image)) continue;
    if (missing++ == 0) first = &image;
  }
  if (missing == 0) return;
  Refuse(NameOfSet(other), fmt::format("{} images fewer, the first `{}`", missing, *first),
         fmt::format("the images of {}", NameOfSet(table)),
         "An adapter is fitted on one set of images, extracted with both models.");
}

}  // namespace

FitData PairByImage(const FeatureTable& from, const FeatureTable& to) {
  const RowOfImage row_of = RowsByImage(to);
  RequireImages(from, row_of, to);
  RequireImages(to, RowsByImage(from), from);
  std::vector<uint32_t> order;
  order.reserve(from.index.size());
  for (size_t i = 0; i < from.index.size(); ++i) {
    order.push_back(row_of.at(from.index.images[i]));
    const std::string &a = from.index.identities[i], &b = to.index.identities[order.back()];
    if (a == b) continue;
    Refuse(NameOfRow(to, order.back()), fmt::format("identity `{}`", b),
           fmt::format("`{}`, as in {}", a, NameOfSet(from)),
           "One image shows one person: check the two index files.");
  }
  return {from.rows,
          std::make_shared<ReorderedRows>(to.rows, std::move(order)),
          from.index.identities,
          std::vector<bool>(),
          0,
          nullptr};
}

void RequirePairs(const FitData& data) {
  const size_t rows = data.from->rows();
  const auto require = [&](const char* what, size_t count) {
    if (count == rows) return;
    Refuse("rows to fit an adapter on", fmt::format("{} {}", count, what),
           fmt::format("{}, one for each row of the model that is mapped", rows),
           "Extract the same images with both models.");
  };
  require("rows of the other model", data.to->rows());
  if (!data.labels.empty()) require("labels", data.labels.size());
  if (!data.valid.empty()) require("validity marks", data.valid.size());
  const bool any = data.valid.empty()
                       ? rows > 0
                       : std::find(data.valid.begin(), data.valid.end(), true) != data.valid.end();
  if (any) return;
  Refuse("rows to fit an adapter on", "none", "at least one image",
         "Check the step that selected the images.");
}

}  // namespace bcr
