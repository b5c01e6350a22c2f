#include "harness/adapt/adapter.h"

#include <fmt/format.h>

#include "harness/core/error.h"

namespace bcr {

const char* AdapterNeedsText(AdapterNeeds needs) {
  switch (needs) {
    case AdapterNeeds::kWidths:
      return "the two widths";
    case AdapterNeeds::kRows:
      return "paired rows of both models";
    case AdapterNeeds::kFile:
      break;
  }
  return "a given matrix";
}

const char* AdapterWidthsText(AdapterWidths widths) {
  switch (widths) {
    case AdapterWidths::kEqual:
      return "equal widths";
    case AdapterWidths::kNarrower:
      return "a wider model mapped to a narrower one";
    case AdapterWidths::kWider:
      return "a narrower model mapped to a wider one";
    case AdapterWidths::kAny:
      break;
  }
  return "any widths";
}

const char* AdapterSideName(AdapterSide side) {
  return side == AdapterSide::kQuery ? "query" : "gallery";
}

AdapterSide ParseAdapterSide(const std::string& text) {
  for (const AdapterSide side : {AdapterSide::kQuery, AdapterSide::kGallery}) {
    if (text == AdapterSideName(side)) return side;
  }
  throw Error(ErrorCode::kUsage,
              {"adapter side", fmt::format("`{}`", text), "query or gallery",
               "query maps new rows into the old space, gallery old rows into the new space."});
}

const FloatMatrix& ArrayOf(const AdapterState& state, const std::string& name, size_t rows,
                           size_t cols) {
  const auto found = state.arrays.find(name);
  const bool there = found != state.arrays.end();
  if (there && found->second.rows() == rows && found->second.cols() == cols) return found->second;
  throw Error(ErrorCode::kData,
              {fmt::format("adapter: array `{}`", name),
               there ? fmt::format("{} x {}", found->second.rows(), found->second.cols())
                     : std::string("nothing"),
               fmt::format("{} x {}", rows, cols), "Fit the adapter again."});
}

double NumberOf(const AdapterState& state, const std::string& name) {
  const auto found = state.numbers.find(name);
  if (found != state.numbers.end()) return found->second;
  throw Error(ErrorCode::kData, {fmt::format("adapter: number `{}`", name), "nothing", "a value",
                                 "Fit the adapter again."});
}

}  // namespace bcr
