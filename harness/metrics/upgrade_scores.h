#pragma once

#include <optional>
#include <string>
#include <vector>

namespace bcr {

// The figures of an upgrade as functions of the means M(query model, gallery model) of one metric,
// as fractions. Absent where undefined, never clipped. Half-samples call the same functions on
// resampled means.

// M of one test set.
struct CellMeans {
  double old_self = 0;             // M(old, old)
  double cross = 0;                // M(new, old)
  std::optional<double> new_self;  // M(new, new); absent before the gallery is extracted again
  std::optional<double> paragon;   // M(*, *): the new model trained without any compatibility term
  std::optional<double> reverse;   // M(old, new): old queries on the new gallery
};

double Gain(const CellMeans& means);                         // cross - old
std::optional<double> ReverseGain(const CellMeans& means);   // reverse - old
std::optional<double> RelativeGain(const CellMeans& means);  // gain / old; old > 0
// gain / (paragon - old) (Shen et al., CVPR 2020); paragon > old.
std::optional<double> UpdateGain(const CellMeans& means);
std::optional<double> UpdateGain(double gain, double old_self, double paragon);
// What the update gain divides by: paragon - old.
std::optional<double> ParagonGain(const CellMeans& means);
// What compatibility costs the self-test: paragon - new.
std::optional<double> Tax(const CellMeans& means);
std::optional<double> RelativeTax(const CellMeans& means);  // tax / paragon; paragon > 0
// cross / new: how much of the full re-extraction a new query on the old gallery already reaches.
std::optional<double> UpperBoundFraction(const CellMeans& means);  // new > 0

// AdvBCT (Pan et al., CVPR 2023), as fractions, with s(z) = 1 / (1 + e^-z):
// P_up = s((new - paragon) / paragon): 0.5 equals the paragon. paragon > 0.
std::optional<double> PUp(const CellMeans& means);
// P_comp = s(update gain): 0.5 no gain over the old model, 0.731 reaches the paragon.
std::optional<double> PComp(const CellMeans& means);
std::optional<double> POne(const CellMeans& means);  // harmonic mean of the two

// The three over several test sets.
struct PScores {
  std::optional<double> p_up, p_comp;
  std::optional<double>
      p_1;             // mean of the sets' harmonic means, not the harmonic mean of the means
  std::string reason;  // which set leaves one undefined; "" otherwise
};
PScores PScoresOver(const std::vector<CellMeans>& sets);

}  // namespace bcr
