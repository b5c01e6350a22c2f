#include "harness/core/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <unordered_map>

namespace bcr {
namespace {

constexpr int kMaxExponent = 30;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes the digits at the front of `rest`.
std::string TakeDigits(std::string_view& rest) {
  const auto end = std::find_if_not(rest.begin(), rest.end(), IsDigit);
  const std::string digits(rest.begin(), end);
  rest.remove_prefix(digits.size());
  return digits;
}

// The number behind `e` or `E`; 0 where there is none, nothing where it is malformed.
std::optional<int> TakeExponent(std::string_view& rest) {
  if (rest.empty()) return 0;
  if (rest.front() != 'e' && rest.front() != 'E') return std::nullopt;
  rest.remove_prefix(1);
  if (!rest.empty() && rest.front() == '+') {
    rest.remove_prefix(1);
    if (rest.empty() || !IsDigit(rest.front())) return std::nullopt;
  }
  int exponent = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), exponent);
  if (error != std::errc() || end != rest.data() + rest.size()) return std::nullopt;
  if (exponent < -kMaxExponent || exponent > kMaxExponent) return std::nullopt;
  rest = {};
  return exponent;
}

// Moves the decimal point between `whole` and `fraction` by `exponent` places.
void Shift(int exponent, std::string& whole, std::string& fraction) {
  for (; exponent > 0; --exponent) {
    whole += fraction.empty() ? '0' : fraction.front();
    if (!fraction.empty()) fraction.erase(0, 1);
  }
  for (; exponent < 0; ++exponent) {
    fraction.insert(fraction.begin(), whole.empty() ? '0' : whole.back());
    if (!whole.empty()) whole.pop_back();
  }
}

std::string Rows(size_t count) { return fmt::format("{} row{}", count, count == 1 ? "" : "s"); }

std::optional<UnclearLabels> FindMissing(const LabelCounts& counts, const std::string& column) {
  for (const auto& [label, count] : counts) {
    if (!IsMissingValue(label)) continue;
    return UnclearLabels{fmt::format("{} `{}` ({}), which is how tables write a missing value",
                                     column, label, Rows(count)),
                         fmt::format("a known {} in every row", column), true};
  }
  return std::nullopt;
}

bool IsRunOfZeros(const std::string& label) {
  return !label.empty() && label.find_first_not_of('0') == std::string::npos;
}

// Runs of zeros are all distractors under `specials`: nobody's match, however many zeros.
std::optional<UnclearLabels> FindClash(const LabelCounts& counts, const std::string& column,
                                       bool specials) {
  std::unordered_map<std::string, LabelCounts::const_iterator> first_of;
  std::string text;
  size_t more = 0;
  for (auto label = counts.begin(); label != counts.end(); ++label) {
    const std::optional<std::string> number = CanonicalNumber(label->first);
    if (!number || (specials && IsRunOfZeros(label->first))) continue;
    const auto [known, added] = first_of.emplace(*number, label);
    if (added) continue;
    if (!text.empty()) {
      ++more;
      continue;
    }
    const auto& [first, count] = *known->second;
    text = fmt::format("{} `{}` ({}) and `{}` ({}), which are equal as numbers", column, first,
                       Rows(count), label->first, Rows(label->second));
  }
  if (text.empty()) return std::nullopt;
  if (more > 0) text += fmt::format(", and {} more such pair{}", more, more == 1 ? "" : "s");
  return UnclearLabels{text, "one spelling of each " + column};
}

std::optional<UnclearLabels> FindBentSpecial(const LabelCounts& counts) {
  for (const auto& [label, count] : counts) {
    const std::optional<std::string> number = CanonicalNumber(label);
    const bool junk = number == "-1" && label != "-1";
    if (!junk && !(number == "0" && !IsRunOfZeros(label))) continue;
    return UnclearLabels{
        fmt::format("identity `{}` ({}), which is {} as a number and a person as text", label,
                    Rows(count), junk ? "junk" : "a distractor"),
        junk ? "junk spelled `-1`" : "distractors spelled `0`"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> CanonicalNumber(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::string whole = TakeDigits(text), fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = TakeDigits(text);
  }
  if (whole.empty() && fraction.empty()) return std::nullopt;
  const std::optional<int> exponent = TakeExponent(text);
  if (!exponent) return std::nullopt;
  Shift(*exponent, whole, fraction);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  fraction.erase(fraction.find_last_not_of('0') + 1);
  if (whole.empty() && fraction.empty()) return "0";
  return (negative ? "-" : "") + (whole.empty() ? "0" : whole) +
         (fraction.empty() ? "" : "." + fraction);
}

bool IsMissingValue(std::string_view text) {
  static constexpr std::array<std::string_view, 8> kSpellings = {"nan", "none", "null", "na",
                                                                 "n/a", "<na>", "nat",  "#n/a"};
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::find(kSpellings.begin(), kSpellings.end(), lower) != kSpellings.end();
}

void CountLabels(const std::vector<std::string>& labels, LabelCounts& counts) {
  std::unordered_map<std::string_view, size_t> found;
  for (const std::string& label : labels) ++found[label];
  for (const auto& [label, count] : found) counts[std::string(label)] += count;
}

std::optional<UnclearLabels> FindUnclear(const LabelCounts& counts, const std::string& column,
                                         bool specials) {
  std::optional<UnclearLabels> unclear = FindMissing(counts, column);
  if (!unclear) unclear = FindClash(counts, column, specials);
  if (!unclear && specials) unclear = FindBentSpecial(counts);
  return unclear;
}

}  // namespace bcr
