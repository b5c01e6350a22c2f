#include "harness/judge/upgrade.h"

#include <fmt/format.h>

#include "harness/eval/upgrade/upgrade_report.h"
#include "harness/metrics/table.h"

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

void SetUpdateGain(CompatibilityRecord& record) {
  const auto found = record.values.find("update_gain");
  if (found != record.values.end()) {
    record.update_gain = found->second.value;
  } else {
    record.update_gain_reason = record.reasons["update_gain"];
  }
}

}  // namespace

std::optional<CompatibilityRecord> JudgeUpgrade(const ScoreRequest& request,
                                                const std::vector<OpenModel>& models,
                                                const std::vector<ScoredCell>& cells) {
  const ScoredCell* old_self = FindScored(cells, "old", "old");
  const ScoredCell* cross = FindScored(cells, "new", "old");
  if (request.chain || old_self == nullptr || cross == nullptr) return std::nullopt;
  const std::vector<std::string>& identities = models.front().query.index.identities;
  UpgradeOptions options;
  options.bootstrap = BootstrapOf(request);
  const auto scores_of = [](const ScoredCell* cell) {
    return cell == nullptr ? nullptr : &cell->scores;
  };
  const UpgradeReport report =
      ReportUpgrade({.old_self = &old_self->scores,
                     .cross = &cross->scores,
                     .new_self = scores_of(FindScored(cells, "new", "new")),
                     .reverse = scores_of(FindScored(cells, "old", "new")),
                     .paragon_self = scores_of(FindScored(cells, "paragon", "paragon"))},
                    identities, options);
  CompatibilityRecord record;
  record.verdict = VerdictName(report.verdict);
  record.gain = *ToMetric(report.gains.front()["gain"], report.queries);
  Figures figures(report.queries, record);
  for (const UpgradeGains& gains : report.gains) figures.AddGains(gains);
  figures.AddRegressions("deployment", report.at_deployment);
  figures.AddRegressions("end", report.at_end);
  SetUpdateGain(record);
  return record;
}

}  // namespace bcr
