#include "harness/compare/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "harness/core/error.h"
#include "harness/core/suggest.h"
#include "harness/metrics/table.h"
#include "reports/number_text.h"

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

int PlaceOf(const Result& result, const std::string& model) {
  return static_cast<int>(std::find(result.models.begin(), result.models.end(), model) -
                          result.models.begin());
}

bool IsGated(const Result& baseline, const CellRecord& cell) {
  const std::string& paragon = baseline.upgrade.paragon;
  if (cell.query_model == paragon || cell.gallery_model == paragon) return false;
  return cell.status == "ok" &&
         PlaceOf(baseline, cell.query_model) >= PlaceOf(baseline, cell.gallery_model);
}

bool IsGatedFigure(const std::string& name, const GateOptions& options) {
  return InfoOf(name).watched || options.tolerances.count(name) > 0;
}

[[noreturn]] void RefuseMissing(const Result& run, const std::string& what) {
  throw Error(ErrorCode::kData, {run.path, "no " + what, "all that the baseline has",
                                 "Score it with the flags that the baseline was scored with."});
}

const FigureDifference* Find(const Comparison& comparison, const std::string& cell,
                             const std::string& figure) {
  for (const FigureDifference& item : comparison.figures) {
    if (item.cell == cell && item.figure == figure) return &item;
  }
  return nullptr;
}

class Judge {
 public:
  Judge(const Comparison& comparison, const GateOptions& options)
      : comparison_(comparison), options_(options) {}

  GateLine Line(const FigureDifference& figure) const {
    const FigureInfo info = InfoOf(figure.figure);
    GateLine line{
        figure.cell, figure.figure, figure.a, figure.b, Tolerance(info, figure.figure), "", ""};
    const double sign = info.higher_is_better ? 1 : -1;
    const double change = sign * (figure.b - figure.a);
    const bool excludes_zero = figure.verdict == "better" || figure.verdict == "worse";
    // A gate fails closed: what no test can clear of chance counts as it stands.
    const bool tested = figure.test && figure.test->difference.low;
    const bool needs_test = options_.significant && tested;
    line.verdict = "ok";
    if (change < -line.tolerance && (!needs_test || figure.verdict == "worse")) {
      line.verdict = "WORSE";
    } else if (change > 0 && excludes_zero) {
      line.verdict = "better";
    }
    line.detail = SignedPoints(figure.b - figure.a, 2);
    if (tested) {
      const Estimate& difference = figure.test->difference;
      line.detail += " " + SignedInterval(*difference.low, *difference.high, difference.few, 2);
    } else if (options_.significant) {
      line.detail += " (no test: judged by value)";
    }
    return line;
  }

  // The comparison's entry; a baseline that has one needs a run that has it.
  const FigureDifference& Need(const Result& run, const std::string& cell,
                               const std::string& figure) const {
    const FigureDifference* found = Find(comparison_, cell, figure);
    if (found == nullptr) {
      RefuseMissing(run, cell.empty() ? figure : fmt::format("{} of cell {}", figure, cell));
    }
    if (options_.significant && !cell.empty() && !found->test) {
      throw Error(ErrorCode::kData,
                  {run.path, fmt::format("no interval for {} of cell {}", figure, cell),
                   "the per-query files of both results beside them, with a column of it "
                   "(--significant)",
                   "Keep the folder `queries` with each result; --update copies it."});
    }
    return *found;
  }

 private:
  double Tolerance(const FigureInfo& info, const std::string& figure) const {
    const auto found = options_.tolerances.find(figure);
    return found != options_.tolerances.end() ? found->second
                                              : options_.tolerance.value_or(info.tolerance);
  }

  const Comparison& comparison_;
  const GateOptions& options_;
};

// Names of the metrics of cells that are judged: the watched ones, then those that a tolerance names.
std::vector<std::string> JudgedMetrics(const GateOptions& options) {
  std::vector<std::string> judged, asked;
  for (const MetricInfo* metric : QueryMetricsAsShown()) {
    if (metric->gate.watched) {
      judged.push_back(metric->name);
    } else if (options.tolerances.count(metric->name) > 0) {
      asked.push_back(metric->name);
    }
  }
  judged.insert(judged.end(), asked.begin(), asked.end());
  return judged;
}

// A tolerance that no line bears is a slip of the hand, and what it meant would go unwatched.
void RequireUsed(const GateOptions& options, const Result& baseline, const Comparison& comparison,
                 const std::vector<GateLine>& lines) {
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
    const bool used = std::any_of(lines.begin(), lines.end(),
                                  [&](const GateLine& line) { return line.figure == name; });
    if (used) continue;
    throw Error(ErrorCode::kUsage, {"--tolerance " + name, fmt::format("`{}`", name),
                                    fmt::format("a figure of the baseline {}", baseline.path),
                                    SuggestionFor(name, known)});
  }
}

void RequireComparable(const Result& baseline, const Result& run, const Comparison& comparison) {
  std::vector<std::string> obstacles = comparison.obstacles;
  for (const CellRecord& cell : baseline.cells) {
    const CellRecord* other = FindCell(run, cell.query_model, cell.gallery_model);
    if (other == nullptr || cell.status != "ok" || other->status != "ok") continue;
    const std::string name = cell.query_model + "/" + cell.gallery_model;
    if (cell.gallery_size != other->gallery_size) {
      obstacles.push_back(fmt::format("cell {} has galleries of {} and {} images", name,
                                      cell.gallery_size, other->gallery_size));
    }
    if (cell.valid_queries != other->valid_queries ||
        cell.invalid_queries != other->invalid_queries) {
      obstacles.push_back(fmt::format("cell {} has {} and {} queries with a match", name,
                                      cell.valid_queries, other->valid_queries));
    }
  }
  if (obstacles.empty()) return;
  throw Error(ErrorCode::kConfig,
              {fmt::format("{} and {}", baseline.path, run.path), obstacles.front(),
               "the same test set, scored in the same way",
               "Score both alike, or store the new state as baseline with --update."});
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

std::vector<GateLine> JudgeGate(const Result& baseline, const Result& run,
                                const Comparison& comparison, const GateOptions& options) {
  RequireComparable(baseline, run, comparison);
  const Judge judge(comparison, options);
  std::vector<GateLine> lines;
  for (const CellRecord& cell : baseline.cells) {
    if (!IsGated(baseline, cell)) continue;
    const std::string name = cell.query_model + "/" + cell.gallery_model;
    for (const std::string& metric : JudgedMetrics(options)) {
      if (cell.metrics.count(metric) == 0) continue;
      lines.push_back(judge.Line(judge.Need(run, name, metric)));
    }
  }
  for (const auto& [figure, value] : baseline.figures) {
    if (IsGatedFigure(figure, options)) lines.push_back(judge.Line(judge.Need(run, "", figure)));
  }
  // Flips follow from per-query files also where a record does not name them.
  for (const FigureDifference& figure : comparison.figures) {
    if (figure.cell.empty() && IsGatedFigure(figure.figure, options) &&
        baseline.figures.count(figure.figure) == 0) {
      lines.push_back(judge.Line(figure));
    }
  }
  if (lines.empty()) RefuseMissing(run, "figure that the baseline has");
  RequireUsed(options, baseline, comparison, lines);
  return lines;
}

}  // namespace bcr
