#include "harness/adapt/adapter.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

AdapterState Fit(const FitData&, JsonReader&) { return {}; }

std::shared_ptr<const RowSource> Apply(const AdapterState& state,
                                       std::shared_ptr<const RowSource> rows) {
  return NewRowsOfWidth(std::move(rows), state.width_out);
}

}  // namespace

// Keeps the first columns of a wider new model, which was trained for it. No row is copied.
const AdapterInfo& adapter_truncate() {
  static const AdapterInfo info = {
      .name = "truncate",
      .revision = 1,
      .about = "the first columns of a wider new model",
      .source = "openBCT, BT2 (public codes)",
      .parameters = "{}",
      .needs = AdapterNeeds::kWidths,
      .widths = AdapterWidths::kNarrower,
      .sides = {AdapterSide::kQuery},
      .fit = Fit,
      .apply = Apply,
  };
  return info;
}

}  // namespace bcr
