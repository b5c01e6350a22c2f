#include "harness/metrics/upgrade_scores.h"

#include <fmt/core.h>

#include <cmath>

namespace bcr {
namespace {

double Sigmoid(double z) { return 1 / (1 + std::exp(-z)); }

}  // namespace

double Gain(const CellMeans& means) { return means.cross - means.old_self; }

std::optional<double> ReverseGain(const CellMeans& means) {
  if (!means.reverse) return {};
  return *means.reverse - means.old_self;
}

std::optional<double> RelativeGain(const CellMeans& means) {
  if (!(means.old_self > 0)) return {};
  return Gain(means) / means.old_self;
}

std::optional<double> UpdateGain(const CellMeans& means) {
  if (!means.paragon) return {};
  return UpdateGain(Gain(means), means.old_self, *means.paragon);
}

std::optional<double> UpdateGain(double gain, double old_self, double paragon) {
  if (!(paragon > old_self)) return {};
  return gain / (paragon - old_self);
}

std::optional<double> ParagonGain(const CellMeans& means) {
  if (!means.paragon) return {};
  return *means.paragon - means.old_self;
}

std::optional<double> Tax(const CellMeans& means) {
  if (!means.paragon || !means.new_self) return {};
  return *means.paragon - *means.new_self;
}

std::optional<double> RelativeTax(const CellMeans& means) {
  if (!means.paragon || !means.new_self || !(*means.paragon > 0)) return {};
  return (*means.paragon - *means.new_self) / *means.paragon;
}

std::optional<double> UpperBoundFraction(const CellMeans& means) {
  if (!means.new_self || !(*means.new_self > 0)) return {};
  return means.cross / *means.new_self;
}

std::optional<double> PUp(const CellMeans& means) {
  const std::optional<double> tax = RelativeTax(means);
  if (!tax) return {};
  return Sigmoid(-*tax);
}

std::optional<double> PComp(const CellMeans& means) {
  const std::optional<double> gain = UpdateGain(means);
  if (!gain) return {};
  return Sigmoid(*gain);
}

std::optional<double> POne(const CellMeans& means) {
  const std::optional<double> up = PUp(means);
  const std::optional<double> comp = PComp(means);
  // An update gain below about -745 leaves P_comp 0, and the limit of the harmonic mean is 0.
  if (!up || !comp) return {};
  return 2 * *up * *comp / (*up + *comp);
}

PScores PScoresOver(const std::vector<CellMeans>& sets) {
  PScores scores;
  if (sets.empty()) {
    scores.reason = "no test set";
    return scores;
  }
  double up = 0, comp = 0, one = 0;
  for (size_t t = 0; t < sets.size(); ++t) {
    if (!POne(sets[t])) {
      const char* why = !sets[t].paragon    ? "no paragon was given"
                        : !sets[t].new_self ? "no new gallery was given"
                                            : "the paragon does not beat the old model";
      scores.reason = fmt::format("test set {}: {}", t + 1, why);
      return scores;
    }
    up += *PUp(sets[t]);
    comp += *PComp(sets[t]);
    one += *POne(sets[t]);
  }
  const double n = static_cast<double>(sets.size());
  scores.p_up = up / n;
  scores.p_comp = comp / n;
  scores.p_1 = one / n;
  return scores;
}

}  // namespace bcr
