#include "harness/judge/upgrade.h"

#include <fmt/format.h>

#include "harness/eval/upgrade/upgrade_report.h"
#include "harness/metrics/table.h"
#include "harness/metrics/upgrade_scores.h"

namespace bcr {
namespace {

// Collects figures by name: a value, or the reason for its absence.
class Figures {
 public:
  Figures(size_t n, CompatibilityRecord& record) : n_(n), record_(record) {}

  void Add(const std::string& name, const Estimate& estimate) {
    if (const auto metric = ToMetric(estimate, n_)) {
      record_.values[name] = *metric;
    } else {
      record_.reasons[name] = estimate.reason;
    }
  }

  void AddGains(const UpgradeGains& gains) {
    const bool headline = gains.metric == HeadlineMetric().name;
    for (const UpgradeFigure& figure : gains.figures) {
      if (headline && figure.name == "gain") continue;  // the record has a field for it
      Add(headline ? figure.name : gains.metric + "." + figure.name, figure.estimate);
    }
  }

  void AddFlips(const std::string& moment, const Flips& flips) {
    const auto add = [&](const char* name, const Estimate& estimate) {
      const std::string full = fmt::format("{}.{}{}", moment, name, flips.rank);
      if (flips.reason.empty()) {
        Add(full, estimate);
      } else {
        record_.reasons[full] = flips.reason;
      }
    };
    add("nfr", flips.negative_rate);
    add("pfr", flips.positive_rate);
    add("relative_nfr", flips.relative_negative);
    add("trust", flips.trust);
    add("error_overlap", flips.error_overlap);
  }

  void AddDrops(const std::string& moment, const ApDrops& drops) {
    Add(moment + ".ap_drop_rate", drops.rate);
    Add(moment + ".mean_negative_change", drops.mean_negative_change);
  }

  void AddRegressions(const std::string& moment, const UpgradeRegressions& regressions) {
    for (const Flips& flips : regressions.flips) AddFlips(moment, flips);
    AddDrops(moment, regressions.ap_drops);
  }

 private:
  const size_t n_;
  CompatibilityRecord& record_;
};

// Gain, update gain and verdict, without the further figures.
CompatibilityRecord JudgeGains(const UpgradeScored& cells, const EstimateOptions& options) {
  const ScoredCell& old_self = *cells.old_self;
  const ScoredCell* paragon = cells.paragon_self;
  const Estimate gain =
      PairedGain(old_self.scores, cells.cross->scores, old_self.identities, options);
  CompatibilityRecord record;
  record.verdict = VerdictName(JudgeGain(gain));
  record.gain = *ToMetric(gain, static_cast<size_t>(old_self.record.valid_queries));
  if (paragon == nullptr) {
    record.update_gain_reason = "no paragon was given";
    return record;
  }
  record.update_gain = UpdateGain(*gain.value, old_self.scores.map_hits, paragon->scores.map_hits);
  if (!record.update_gain) record.update_gain_reason = "the paragon does not exceed old/old";
  return record;
}

}  // namespace

UpgradeScored FindUpgrade(const std::vector<ScoredCell>& cells, const UpgradeNames& names) {
  const auto find = [&](const std::string& query, const std::string& gallery) {
    return FindScored(cells, {query, gallery});
  };
  return {.old_self = find(names.old_model, names.old_model),
          .cross = find(names.new_model, names.old_model),
          .new_self = find(names.new_model, names.new_model),
          .reverse = find(names.old_model, names.new_model),
          .paragon_self = find(names.paragon, names.paragon)};
}

std::optional<CompatibilityRecord> JudgeUpgrade(const UpgradeScored& cells,
                                                const EstimateOptions& options) {
  if (cells.old_self == nullptr || cells.cross == nullptr) return std::nullopt;
  const auto scores_of = [](const ScoredCell* cell) {
    return cell == nullptr ? nullptr : &cell->scores;
  };
  const UpgradeReport report = ReportUpgrade({.old_self = &cells.old_self->scores,
                                              .cross = &cells.cross->scores,
                                              .new_self = scores_of(cells.new_self),
                                              .reverse = scores_of(cells.reverse),
                                              .paragon_self = scores_of(cells.paragon_self)},
                                             cells.old_self->identities, {.bootstrap = options});
  CompatibilityRecord record = JudgeGains(cells, options);
  Figures figures(report.queries, record);
  for (const UpgradeGains& gains : report.gains) figures.AddGains(gains);
  figures.AddRegressions("deployment", report.at_deployment);
  figures.AddRegressions("end", report.at_end);
  return record;
}

}  // namespace bcr
