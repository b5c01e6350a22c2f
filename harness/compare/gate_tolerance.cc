#include "harness/compare/gate_tolerance.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "harness/core/error.h"
#include "harness/core/suggest.h"
#include "harness/metrics/table.h"

namespace bcr {
namespace {

double ParseFraction(const std::string& text, const std::string& whole) {
  double value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool parsed = error == std::errc() && end == text.data() + text.size();
  if (parsed && value >= 0 && value <= 1) return value;
  throw Error(ErrorCode::kUsage,
              {"--tolerance " + whole, fmt::format("`{}`", text),
               "a fraction from 0 to 1, e.g. map=0.005", "Half a point of mAP is 0.005."});
}

}  // namespace

void ParseTolerance(const std::string& text, GateOptions& options) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos) {
    options.tolerance = ParseFraction(text, text);
    return;
  }
  const std::string name = text.substr(0, equals), figure = FigureMeant(name);
  // A name with a dot that the table does not know may still be a figure of the baseline: it is
  // looked for there.
  if (InfoOf(figure).metric == nullptr && figure.find('.') == std::string::npos) {
    throw Error(ErrorCode::kUsage, {"--tolerance " + text, fmt::format("`{}`", name),
                                    "a figure's name", SuggestionFor(name, FigureNames())});
  }
  options.tolerances[figure] = ParseFraction(text.substr(equals + 1), text);
}

void RequireTolerancesUsed(const GateOptions& options, const Result& baseline,
                           const Comparison& comparison, const std::vector<GateLine>& judged) {
  std::vector<std::string> known;
  for (const CellRecord& cell : baseline.cells) {
    for (const auto& [metric, value] : cell.metrics) known.push_back(metric);
  }
  for (const auto& [figure, value] : baseline.figures) known.push_back(figure);
  for (const FigureDifference& figure : comparison.figures) {
    if (figure.cell.empty()) known.push_back(figure.figure);
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  for (const auto& [name, tolerance] : options.tolerances) {
    const bool used = std::any_of(judged.begin(), judged.end(),
                                  [&](const GateLine& line) { return line.figure == name; });
    if (used) continue;
    throw Error(ErrorCode::kUsage, {"--tolerance " + name, fmt::format("`{}`", name),
                                    fmt::format("a figure of the baseline {}", baseline.path),
                                    SuggestionFor(name, known)});
  }
}

}  // namespace bcr
