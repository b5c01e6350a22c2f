// Draws test sets, lets the project's own statistics judge each of them, and prints what they say,
// one line a set and figure, tab-separated:
//   figure  value  low  high  word  p  flagged
// A missing bound is `-`, as are word and p of figures that have none. Word is the verdict on a
// gain, or compare's of the second new model against the first. `flagged` is 1 where the program
// itself marks the interval as resting on few identities.
// Usage: coverage_sim IDENTITIES even|uneven NOISE NEW_NOISE DISTRACTORS SETS SEED
#include <fmt/core.h>

#include <cstdlib>
#include <functional>
#include <string>

#include "harness/core/error.h"
#include "harness/eval/statistics/cell_metrics.h"
#include "harness/eval/statistics/paired_test.h"
#include "harness/eval/upgrade/upgrade_report.h"
#include "tests/coverage/drawn_set.h"

namespace bcr::coverage {
namespace {

std::string Text(const std::optional<double>& value) {
  return value ? fmt::format("{:.10g}", *value) : "-";
}

void Print(const std::string& figure, const Estimate& estimate, const std::string& word = "-") {
  fmt::print("{}\t{}\t{}\t{}\t{}\t{}\t{}\n", figure, Text(estimate.value), Text(estimate.low),
             Text(estimate.high), word, Text(estimate.p_value), estimate.few ? 1 : 0);
}

void PrintFlips(const Flips& flips) {
  Print("nfr", flips.negative_rate);
  Print("pfr", flips.positive_rate);
  Print("trust", flips.trust);
  Print("error_overlap", flips.error_overlap);
}

// What `compare` says of two results on the same queries.
void PrintComparison(const std::string& figure, const ValueColumn& first, const ValueColumn& second,
                     const DrawnSet& set, const EstimateOptions& options) {
  EstimateOptions drawn = options;
  drawn.resamples = 10000;  // compare's
  const PairedTest test = ComparePaired(first, second, set.identities, drawn);
  Print(figure, test.difference, PairedWordName(WordOf(test, true)));
}

void Judge(const DrawnSet& set, uint64_t seed) {
  const EstimateOptions options{.seed = seed};
  for (const CellMetric& metric : EstimateCellMetrics(set.old_self, set.identities, options)) {
    Print(metric.name, metric.estimate);
  }
  const UpgradeReport report =
      ReportUpgrade({.old_self = &set.old_self,
                     .cross = &set.first_cross,
                     .new_self = &set.first_self,
                     .paragon_self = &set.first_self},
                    set.identities, {.bootstrap = options, .flip_ranks = {1}});
  for (const UpgradeGains& gains : report.gains) {
    Print(gains.metric + ".gain", gains["gain"], VerdictName(gains.verdict));
  }
  Print("new_self", report.gains.front().new_self);
  for (const char* name : {"relative_gain", "update_gain", "upper_bound_fraction"}) {
    Print(name, report.gains.front()[name]);
  }
  PrintFlips(report.at_deployment.flips.front());
  Print("ap_drop_rate", report.at_deployment.ap_drops.rate);

  const auto ap = [](const QueryScore& query) { return query.ap_hits; };
  const auto hit = [](const QueryScore& query) { return HitWithin(query, 1); };
  const auto flip_of = [&](const CellScores& cell) {
    ValueColumn column = ColumnOf(cell, hit);
    for (size_t i = 0; i < column.values.size(); ++i) {
      const double before = HitWithin(set.old_self.queries[i], 1);
      column.values[i] = before == 1 && column.values[i] == 0 ? 1 : 0;
    }
    return column;
  };
  PrintComparison("compare.map_hits", ColumnOf(set.first_cross, ap), ColumnOf(set.second_cross, ap),
                  set, options);
  PrintComparison("compare.cmc1", ColumnOf(set.first_cross, hit), ColumnOf(set.second_cross, hit),
                  set, options);
  PrintComparison("compare.nfr", flip_of(set.first_cross), flip_of(set.second_cross), set, options);
}

int Run(int argc, char** argv) {
  if (argc != 8) {
    fmt::print(
        stderr,
        "usage: coverage_sim IDENTITIES even|uneven NOISE NEW_NOISE DISTRACTORS SETS SEED\n");
    return 2;
  }
  const SetMaker maker({.identities = std::stoul(argv[1]),
                        .uneven = std::string(argv[2]) == "uneven",
                        .noise = std::stod(argv[3]),
                        .new_noise = std::stod(argv[4]),
                        .distractors = std::stoul(argv[5])});
  const size_t sets = std::stoul(argv[6]), seed = std::stoul(argv[7]);
  for (size_t s = 0; s < sets; ++s) {
    const uint64_t set_seed = DeriveSeed(DeriveSeed(seed, "coverage"), s);
    Judge(maker.Draw(set_seed), set_seed);
  }
  return 0;
}

}  // namespace
}  // namespace bcr::coverage

int main(int argc, char** argv) {
  try {
    return bcr::coverage::Run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "coverage_sim: {}\n", error.what());
    return 2;
  }
}
