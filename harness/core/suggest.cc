#include "harness/core/suggest.h"

#include <algorithm>
#include <cctype>

namespace bcr {
namespace {

constexpr size_t kLongestWord = 256;  // the distance is quadratic; nobody mistypes more than this
constexpr size_t kMostListed = 40;

// Case and the choice between '-' and '_' are the commonest slips, so they cost nothing.
std::string Fold(std::string_view word) {
  std::string folded(word);
  for (char& c : folded) {
    c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return folded;
}

// Optimal string alignment distance: insertions, deletions, substitutions, swapped neighbours.
size_t Distance(const std::string& a, const std::string& b) {
  std::vector<size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

std::string OnlyCompletion(const std::string& prefix, const std::vector<std::string>& candidates) {
  if (prefix.size() < 3) return "";
  std::string found;
  for (const std::string& candidate : candidates) {
    if (Fold(candidate).starts_with(prefix)) {
      if (!found.empty()) return "";
      found = candidate;
    }
  }
  return found;
}

}  // namespace

std::string Nearest(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > kLongestWord) return "";
  const std::string folded = Fold(word);
  size_t best_distance = std::string::npos;
  std::string best;
  for (const std::string& candidate : candidates) {
    const size_t longest = std::max(folded.size(), candidate.size());
    const size_t limit = std::max<size_t>(1, longest / 3);
    if (candidate.size() > folded.size() + limit) continue;
    const size_t distance = Distance(folded, Fold(candidate));
    // A word with nothing in common is no typing mistake, however short both are.
    if (distance <= limit && distance < longest && distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best.empty() ? OnlyCompletion(folded, candidates) : best;
}

std::string SuggestionFor(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string nearest = Nearest(word, candidates);
  if (!nearest.empty()) return "did you mean `" + nearest + "`?";
  if (candidates.empty()) return "none are known";
  std::string list = "known: ";
  for (size_t i = 0; i < candidates.size() && i < kMostListed; ++i) {
    if (i > 0) list += ", ";
    list += candidates[i];
  }
  if (candidates.size() > kMostListed) {
    list += " and " + std::to_string(candidates.size() - kMostListed) + " more";
  }
  return list;
}

}  // namespace bcr
