#include "harness/adapt/fitted_adapter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "harness/adapt/checked_rows.h"
#include "harness/adapt/fit_data.h"
#include "harness/core/error.h"
#include "harness/core/hash.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

bool Serves(AdapterWidths widths, size_t in, size_t out) {
  if (in == 0 || out == 0) return false;
  switch (widths) {
    case AdapterWidths::kEqual:
      return in == out;
    case AdapterWidths::kNarrower:
      return in > out;
    case AdapterWidths::kWider:
      return in < out;
    case AdapterWidths::kAny:
      break;
  }
  return true;
}

void RequireWidths(const AdapterInfo& info, size_t in, size_t out) {
  if (Serves(info.widths, in, out)) return;
  throw Error(ErrorCode::kData,
              {fmt::format("adapter {}", info.name), fmt::format("width {} mapped to {}", in, out),
               AdapterWidthsText(info.widths), "bcreid list adapters shows the others."});
}

// Extreme features (1e-30 mapped to 1e30) give maps that float32 cannot hold.
void RequireFinite(const AdapterInfo& info, const AdapterState& state) {
  const auto refuse = [&](const std::string& name) {
    throw Error(ErrorCode::kData,
                {fmt::format("adapter {}: {}", info.name, name), "NaN or infinity", "finite values",
                 "Check the range of the features it was fitted on."});
  };
  for (const auto& [name, array] : state.arrays) {
    const float* const end = array.data() + array.rows() * array.cols();
    if (!std::all_of(array.data(), end, [](float x) { return std::isfinite(x); })) refuse(name);
  }
  for (const auto& [name, number] : state.numbers) {
    if (!std::isfinite(number)) refuse(name);
  }
}

std::string HashOf(const AdapterInfo& info, const AdapterState& state) {
  Hasher hasher;
  hasher.AddText(fmt::format("adapter.r1 {} {} {} {}", info.name, info.revision, state.width_in,
                             state.width_out));
  for (const auto& [name, array] : state.arrays) {
    hasher.AddText(fmt::format("{} {} {}", name, array.rows(), array.cols()));
    hasher.Add(array.data(), array.rows() * array.cols() * sizeof(float));
  }
  for (const auto& [name, number] : state.numbers) {
    hasher.AddText(name).Add(&number, sizeof number);
  }
  return hasher.Hex();
}

// NaN and infinity are refused in front of the map, for every adapter alike.
std::shared_ptr<const RowSource> Mapped(const AdapterInfo& info, const AdapterState& state,
                                        std::shared_ptr<const RowSource> rows,
                                        const std::string& where) {
  auto mapped = info.apply(state, NewCheckedRows(std::move(rows), where));
  BCR_CHECK(mapped->cols() == state.width_out, "an adapter of another width than it says");
  return mapped;
}

}  // namespace

FittedAdapter::FittedAdapter(const AdapterInfo& info, std::string parameters, AdapterState state)
    : info_(&info), parameters_(std::move(parameters)), state_(std::move(state)) {
  RequireWidths(info, state_.width_in, state_.width_out);
  RequireFinite(info, state_);
  // No row is mapped: this shows whether the state has all that the map needs.
  const FloatMatrix none(0, state_.width_in);
  Mapped(info, state_, NewMatrixRows(none.view()), info.name);
  Uncertainty(NewMatrixRows(none.view()), info.name);
  hash_ = HashOf(info, state_);
}

void FittedAdapter::RequireWidthIn(const RowSource& rows, const std::string& where) const {
  if (rows.cols() == width_in()) return;
  throw Error(ErrorCode::kData,
              {where, fmt::format("rows of width {}", rows.cols()),
               fmt::format("width {}, on which adapter {} was fitted", width_in(), info_->name),
               "Fit the adapter on features of the same two models."});
}

std::shared_ptr<const RowSource> FittedAdapter::Apply(std::shared_ptr<const RowSource> rows,
                                                      const std::string& where) const {
  RequireWidthIn(*rows, where);
  return Mapped(*info_, state_, std::move(rows), where);
}

std::shared_ptr<const RowSource> FittedAdapter::ApplyBeside(std::shared_ptr<const RowSource> rows,
                                                            std::shared_ptr<const RowSource> own,
                                                            const std::string& where) const {
  if (!mixes()) return Apply(std::move(rows), where);
  if (own == nullptr || own->cols() != width_out() || own->rows() != rows->rows()) {
    throw Error(ErrorCode::kData,
                {where,
                 own == nullptr ? "no rows of the earlier model"
                                : fmt::format("{} rows of the earlier model, of width {}",
                                              own->rows(), own->cols()),
                 fmt::format("{} rows of width {}, of the same images", rows->rows(), width_out()),
                 fmt::format("The adapter {} joins the rows of both models.", info_->name)});
  }
  auto mapped = Apply(std::move(rows), where);
  return info_->mix(state_, std::move(mapped), NewCheckedRows(std::move(own), where));
}

std::shared_ptr<const RowSource> FittedAdapter::Uncertainty(std::shared_ptr<const RowSource> rows,
                                                            const std::string& where) const {
  if (info_->uncertainty == nullptr) return nullptr;
  RequireWidthIn(*rows, where);
  return info_->uncertainty(state_, NewCheckedRows(std::move(rows), where));
}

FittedAdapter FitAdapter(const AdapterChoice& choice, const FitData& data) {
  const AdapterInfo& info = *choice.info;
  RequireWidths(info, data.from->cols(), data.to->cols());
  if (info.needs == AdapterNeeds::kRows) RequirePairs(data);
  FitData checked = data;
  checked.from = NewCheckedRows(data.from, "rows to fit an adapter on, model to map");
  checked.to = NewCheckedRows(data.to, "rows to fit an adapter on, model to map to");
  if (data.held) {
    RequirePairs(*data.held);
    FitData held = *data.held;
    held.from = NewCheckedRows(held.from, "rows to choose an adapter by, model to map");
    held.to = NewCheckedRows(held.to, "rows to choose an adapter by, model to map to");
    checked.held = std::make_shared<const FitData>(std::move(held));
  }
  const Json parameters = ParseJson(choice.parameters, "adapter " + info.name);
  JsonReader reader(parameters, "adapter " + info.name);
  AdapterState state = info.fit(checked, reader);
  reader.Finish();
  state.width_in = data.from->cols();
  state.width_out = data.to->cols();
  return FittedAdapter(info, choice.parameters, std::move(state));
}

Json DescribeAdapter(const FittedAdapter& adapter) {
  return {{"name", adapter.info().name},
          {"revision", adapter.info().revision},
          {"parameters", ParseJson(adapter.parameters(), "parameters of " + adapter.info().name)},
          {"width_in", adapter.width_in()},
          {"width_out", adapter.width_out()},
          {"numbers", adapter.state().numbers},
          {"hash", adapter.hash()}};
}

}  // namespace bcr
