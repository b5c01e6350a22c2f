#include "reports/threshold_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "reports/text_table.h"

namespace bcr {
namespace {

constexpr size_t kColumns = 96;
constexpr double kHeadline = 1e-3;  // the rate of false accepts that the sentence speaks of

using Pairs = ThresholdFigures::Pairs;
using Searches = ThresholdFigures::Searches;
using Rows = std::vector<std::vector<std::string>>;

// Three significant digits: rates range over six powers of ten.
std::string Rate(double share) {
  std::string text = fmt::format("{:#.3g}", 100 * share);
  if (text.back() == '.') text.pop_back();
  return (share == 0 ? "0" : text) + " %";
}

// "10 %", "0.01 %": as round as it was asked for.
std::string Wanted(double share) { return fmt::format("{:g} %", 100 * share); }

std::string Threshold(double threshold) { return fmt::format("{:.4f}", threshold); }

std::string CellsText(const ThresholdFigures& figures) {
  Rows rows = {{"query/gallery", "pairs of one person", "of two", "equal errors"}};
  size_t most = 0;
  for (const ThresholdFigures::Cell& cell : figures.cells) most = std::max(most, cell.pairs.size());
  for (const ThresholdFigures::Cell& cell : figures.cells) {
    if (cell.pairs.size() < most) continue;
    for (const auto& point : cell.pairs) rows[0].push_back("TAR at " + Wanted(point.wanted));
    break;
  }
  for (const ThresholdFigures::Cell& cell : figures.cells) {
    rows.push_back({cell.query_model + "/" + cell.gallery_model, Grouped(cell.genuine),
                    Grouped(cell.impostors), Rate(cell.equal_error_rate)});
    for (const auto& point : cell.pairs) rows.back().push_back(Rate(1 - point.at.frr));
    rows.back().resize(rows[0].size(), "-");
  }
  return AlignedTable(rows, {0});
}

std::string PairTransfersText(const ThresholdFigures& figures) {
  if (figures.pair_transfers.empty()) return "";
  Rows rows = {{"set for FAR", "threshold", "FAR, FRR before", "now", "keeps the FAR", "FAR, FRR"}};
  const auto both = [](const Pairs& pairs) { return Rate(pairs.far) + ", " + Rate(pairs.frr); };
  for (const auto& transfer : figures.pair_transfers) {
    rows.push_back({Wanted(transfer.wanted), Threshold(transfer.before.threshold),
                    both(transfer.before), both(transfer.after), Threshold(transfer.kept.threshold),
                    both(transfer.kept)});
  }
  return AlignedTable(rows, {});
}

std::string SearchTransfersText(const ThresholdFigures& figures) {
  if (figures.search_transfers.empty()) return "";
  Rows rows = {
      {"set for FPIR", "threshold", "FPIR, DIR before", "now", "keeps the FPIR", "FPIR, DIR"}};
  const auto both = [](const Searches& rates) { return Rate(rates.fpir) + ", " + Rate(rates.dir); };
  for (const auto& transfer : figures.search_transfers) {
    rows.push_back({Wanted(transfer.wanted), Threshold(transfer.before.threshold),
                    both(transfer.before), both(transfer.after), Threshold(transfer.kept.threshold),
                    both(transfer.kept)});
  }
  return AlignedTable(rows, {});
}

}  // namespace

std::string ThresholdsText(const ThresholdFigures& figures) {
  std::string text =
      "Pairs that a threshold accepts: TAR of those of one person where FAR, of two, is as "
      "given.\n" +
      CellsText(figures);
  const std::string pairs = PairTransfersText(figures), searches = SearchTransfersText(figures);
  if (!pairs.empty()) text += "\nA threshold set in old/old, used in new/old: pairs.\n" + pairs;
  if (!searches.empty()) {
    text += "The same: searches, every query also asked as if its person were not enrolled.\n" +
            searches;
  }
  return text;
}

const ThresholdFigures::Transfer<Pairs>* HeadlineTransfer(const ThresholdFigures& figures) {
  const auto& transfers = figures.pair_transfers;
  if (transfers.empty()) return nullptr;
  const auto chosen = std::find_if(transfers.begin(), transfers.end(), [](const auto& transfer) {
    return transfer.wanted <= kHeadline * (1 + 1e-9);
  });
  return chosen == transfers.end() ? &transfers.back() : &*chosen;
}

std::string ThresholdSentence(const ThresholdFigures& figures, const std::string& distance) {
  const auto* chosen = HeadlineTransfer(figures);
  if (chosen == nullptr) return "";
  const auto& [wanted, before, after, kept] = *chosen;
  return fmt::format(
      "The deployed threshold: set for {} false accepts in old/old ({} {}), it accepts "
      "{} of the pairs of two people in new/old, and rejects {} of those of one person "
      "in the place of {}. {} keeps the {}, and rejects {}.",
      Wanted(wanted), distance, Threshold(before.threshold), Rate(after.far), Rate(after.frr),
      Rate(before.frr), Threshold(kept.threshold), Wanted(wanted), Rate(kept.frr));
}

}  // namespace bcr
