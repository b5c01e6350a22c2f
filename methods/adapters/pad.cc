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

// Adds columns of zeros to a narrower new model, which was trained for it. No row is copied.
const AdapterInfo& adapter_pad() {
  static const AdapterInfo info = {
      .name = "pad",
      .revision = 1,
      .about = "zeros behind the columns of a narrower new model",
      .source = "openBCT (public code)",
      .parameters = "{}",
      .needs = AdapterNeeds::kWidths,
      .widths = AdapterWidths::kWider,
      .sides = {AdapterSide::kQuery},
      .fit = Fit,
      .apply = Apply,
  };
  return info;
}

}  // namespace bcr
