#include "harness/compare/gate.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/compare/gate_tolerance.h"
#include "harness/core/error.h"
#include "harness/eval/statistics/family_test.h"
#include "harness/metrics/table.h"
#include "reports/number_text.h"

namespace bcr {
namespace {

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

[[noreturn]] void RefuseMissing(const Result& run, const std::string& what) {
  throw Error(ErrorCode::kData, {run.path, "no " + what, "all that the baseline has",
                                 "Score it with the flags that the baseline was scored with."});
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

// Collects the figures, then tests those that can be tested together.
class Judge {
 public:
  Judge(const Result& baseline, const Result& run, const Comparison& comparison,
        const GateOptions& options)
      : baseline_(baseline), run_(run), comparison_(comparison), options_(options) {
    report_.baseline = baseline.path;
    report_.run = run.path;
    report_.cross = baseline.upgrade.new_model + "/" + baseline.upgrade.old_model;
    report_.options = options;
  }

  GateReport Run() {
    for (const CellRecord& cell : baseline_.cells) {
      if (IsGated(baseline_, cell)) AddCell(cell);
    }
    for (const auto& [figure, value] : baseline_.figures) Add("", figure, /*needed=*/true);
    // Flips follow from per-query files also where a record does not name them.
    for (const FigureDifference& figure : comparison_.figures) {
      if (figure.cell.empty() && baseline_.figures.count(figure.figure) == 0) {
        Add("", figure.figure, /*needed=*/false);
      }
    }
    if (report_.judged.empty()) RefuseMissing(run_, "figure that the baseline has");
    RequireTolerancesUsed(options_, baseline_, comparison_, report_.judged);
    TestTogether();
    for (size_t i = 0; i < report_.judged.size(); ++i) Decide(report_.judged[i], tests_[i]);
    CheckVerdict();
    return std::move(report_);
  }

 private:
  void AddCell(const CellRecord& cell) {
    const std::string name = cell.query_model + "/" + cell.gallery_model;
    for (const MetricInfo* metric : QueryMetricsAsShown()) {
      if (cell.metrics.count(metric->name) > 0) Add(name, metric->name, /*needed=*/true);
    }
  }

  // A baseline that has a figure which is judged needs a run that has it.
  void Add(const std::string& cell, const std::string& figure, bool needed) {
    const FigureInfo info = InfoOf(figure);
    const auto named = options_.tolerances.find(figure);
    const bool judged = info.watched || named != options_.tolerances.end();
    if (!judged && !info.shown) return;
    const auto found = std::find_if(
        comparison_.figures.begin(), comparison_.figures.end(),
        [&](const FigureDifference& item) { return item.cell == cell && item.figure == figure; });
    if (found == comparison_.figures.end()) {
      if (!judged || !needed) return;
      RefuseMissing(run_, cell.empty() ? figure : fmt::format("{} of cell {}", figure, cell));
    }
    GateLine line;
    line.cell = cell;
    line.figure = figure;
    line.baseline = found->a;
    line.run = found->b;
    if (found->test) line.difference = found->test->difference;
    if (!judged) {
      report_.shown.push_back(std::move(line));
      return;
    }
    RequireTest(*found);
    line.tolerance = named != options_.tolerances.end()
                         ? named->second
                         : options_.tolerance.value_or(info.tolerance);
    report_.judged.push_back(std::move(line));
    tests_.push_back(&*found);
  }

  void RequireTest(const FigureDifference& figure) const {
    if (options_.by_value || figure.cell.empty() || figure.test) return;
    throw Error(ErrorCode::kData,
                {run_.path, fmt::format("no test of {} of cell {}", figure.figure, figure.cell),
                 "the per-query files of both results beside them, with a column of it",
                 "Keep the folder `queries` with each result (--update copies it), or judge by "
                 "value alone with --by-value."});
  }

  // Whether the figure's changes by identity can decide anything.
  bool IsTested(const FigureDifference& figure) const {
    return !options_.by_value && figure.test && CanDecide(figure.test->identities, options_.level);
  }

  // The mAP of the upgrade's new queries on its old gallery, and the gain, which moves with it: they
  // are what the gate is there for.
  bool IsHeadline(const GateLine& line) const {
    if (line.cell.empty()) return line.figure == "gain";
    return line.figure == HeadlineMetric().name && line.cell == report_.cross;
  }

  void TestTogether() {
    std::vector<FamilyMember> members;
    std::vector<GateLine*> lines;
    for (size_t i = 0; i < tests_.size(); ++i) {
      if (!IsTested(*tests_[i])) continue;
      GateLine& line = report_.judged[i];
      const bool higher = InfoOf(line.figure).higher_is_better;
      const double handicap = IsHeadline(line) ? 0 : kGateHandicap;
      members.push_back({&tests_[i]->test->changes, higher, line.tolerance, handicap});
      lines.push_back(&line);
      // The verdict follows the gain itself, whatever its tolerance.
      if (line.cell.empty() && line.figure == "gain") {
        members.push_back({&tests_[i]->test->changes, higher, 0, handicap});
        lines.push_back(nullptr);
      }
    }
    const std::vector<MemberTest> tests =
        TestFamily(members, {.level = options_.level, .seed = options_.seed});
    for (size_t m = 0; m < members.size(); ++m) {
      if (lines[m] == nullptr) {
        gain_p_ = tests[m].p_value;
        continue;
      }
      lines[m]->p_value = tests[m].p_value;
      lines[m]->shown_from = tests[m].shown_from;
    }
  }

  void Decide(GateLine& line, const FigureDifference* figure) const {
    const double sign = InfoOf(line.figure).higher_is_better ? 1 : -1;
    const double change = sign * (line.run - line.baseline);
    line.verdict = "ok";
    if (line.p_value ? *line.p_value <= options_.level : change < -line.tolerance) {
      line.verdict = "WORSE";
    } else if (change > 0 && figure->verdict == "better") {
      line.verdict = "better";
    }
  }

  void CheckVerdict() {
    if (!baseline_.compatibility || !run_.compatibility) return;
    const std::string &before = baseline_.compatibility->verdict,
                      &now = run_.compatibility->verdict;
    const bool fell = now == "no" && before != "no";
    const bool chance = gain_p_ && *gain_p_ > options_.level;
    std::string says = fmt::format("compatible: {} in the baseline, {} now", before, now);
    if (fell && chance) says += "; the gain's fall could be chance";
    report_.checks.push_back({"verdict", !fell || chance, says});
  }

  const Result& baseline_;
  const Result& run_;
  const Comparison& comparison_;
  const GateOptions& options_;
  GateReport report_;
  std::vector<const FigureDifference*> tests_;  // by judged line
  std::optional<double> gain_p_;                // that the gain fell, adjusted for the family
};

}  // namespace

size_t GateReport::Worse() const {
  return static_cast<size_t>(std::count_if(
      judged.begin(), judged.end(), [](const GateLine& line) { return line.verdict == "WORSE"; }));
}

bool GateReport::Passed() const {
  return Worse() == 0 && std::all_of(checks.begin(), checks.end(),
                                     [](const GateCheck& check) { return check.passed; });
}

GateReport JudgeGate(const Result& baseline, const Result& run, const Comparison& comparison,
                     const GateOptions& options) {
  RequireComparable(baseline, run, comparison);
  return Judge(baseline, run, comparison, options).Run();
}

GateCheck CheckCompatible(const Result& run, bool allow_undecided) {
  if (!run.compatibility) {
    throw Error(ErrorCode::kData,
                {run.path, "no verdict", "a result with the cells old/old and new/old",
                 "Score old and new features together: bcreid score --old-query ... --new-query."});
  }
  const std::string& verdict = run.compatibility->verdict;
  const MetricValue& gain = run.compatibility->gain;
  const std::string interval =
      gain.low ? " " + SignedInterval(*gain.low, *gain.high, gain.few, 2) : "";
  return {"compatible", verdict == "yes" || (allow_undecided && verdict == "undecided"),
          fmt::format("compatible: {}; mAP of new on old features is {} points{} from the old "
                      "model's",
                      verdict, SignedPoints(gain.value, 2), interval)};
}

}  // namespace bcr
