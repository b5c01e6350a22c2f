#include "harness/adapt/adapter.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

AdapterState Fit(const FitData&, JsonReader&) { return {}; }

std::shared_ptr<const RowSource> Apply(const AdapterState&, std::shared_ptr<const RowSource> rows) {
  return rows;
}

}  // namespace

// No map: two models of one width whose features are compared as they are.
const AdapterInfo& adapter_equal() {
  static const AdapterInfo info = {
      .name = "equal",
      .revision = 1,
      .about = "no map: features of equal width, compared as they are",
      .source = "Shen et al., CVPR 2020 (backward-compatible training)",
      .parameters = "{}",
      .needs = AdapterNeeds::kWidths,
      .widths = AdapterWidths::kEqual,
      .sides = {AdapterSide::kQuery},
      .fit = Fit,
      .apply = Apply,
  };
  return info;
}

}  // namespace bcr
