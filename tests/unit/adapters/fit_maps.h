#pragma once

#include <string>

#include "harness/adapt/adapter_choice.h"
#include "harness/adapt/fit_data.h"
#include "harness/adapt/fitted_adapter.h"
#include "tests/unit/adapt/random_rows.h"

namespace bcr::test {

// A registered adapter, by reference, fitted on rows that are paired in order.
inline FittedAdapter Fit(const std::string& reference, const FloatMatrix& from,
                         const FloatMatrix& to) {
  FitData data;
  data.from = Own(from);
  data.to = Own(to);
  return FitAdapter(ParseAdapter(adapter_table(), reference), data);
}

inline FloatMatrix Map(const FittedAdapter& adapter, const FloatMatrix& rows) {
  return ReadAll(*adapter.Apply(Own(rows), "rows"));
}

}  // namespace bcr::test
