#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bcr {

// Identities and cameras are opaque text. Tools that keep tables as numbers bend that text: `0001`
// becomes `1`, and beside a missing value `-1` becomes `-1.0`. Two spellings of one label then
// count as two people, or as two cameras, without a word. These functions find such spellings.

// The decimal number that `text` spells, in its one canonical form: "0001", "1", "+1.0" and "1e0"
// give "1"; "-0" gives "0". Nothing for text that spells no number, and for exponents beyond 30.
std::optional<std::string> CanonicalNumber(std::string_view text);

// Whether `text` is how tools write a missing value: nan, None, null, NA, N/A, <NA>, NaT, in any
// case.
bool IsMissingValue(std::string_view text);

// How often each spelling of a column occurs.
using LabelCounts = std::map<std::string, size_t, std::less<>>;
void CountLabels(const std::vector<std::string>& labels, LabelCounts& counts);

// What is unclear about a column of labels, as parts of a message.
struct UnclearLabels {
  std::string found, expected;
  bool missing =
      false;  // the labels are missing values, which reading them as numbers does not mend
};

// The first of: a missing value; two spellings of one number, e.g. `0001` (12 rows) and `1` (7
// rows); and under `specials` a label that is -1 (junk) or 0 (a distractor) as a number, but not as
// it is spelled. Nothing where the labels are clear. `column` names them: "identity", "camera".
std::optional<UnclearLabels> FindUnclear(const LabelCounts& counts, const std::string& column,
                                         bool specials);

}  // namespace bcr
