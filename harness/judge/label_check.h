#pragma once

#include <string>
#include <vector>

#include "harness/eval/scorer.h"

namespace bcr {

struct OpenModel;
struct OpenSet;

// How labels that look like numbers are read. Tables kept as numbers turn `0001` into `1` and, beside
// a missing value, `-1` into `-1.0`: two spellings of one person or camera would then be two.
enum class LabelReading {
  kUnambiguous,  // as text, and refused where the text may mean something else
  kExact,        // as text, whatever it looks like
  kNumeric       // equal numbers are one label
};

// "exact", "numeric", or "" for kUnambiguous. Throws kUsage for other words, naming the flag.
LabelReading ParseLabelReading(const std::string& text);
std::string LabelReadingName(LabelReading reading);

// Under kNumeric gives every identity and camera that spells a number its canonical spelling.
void ReadLabels(LabelReading reading, OpenSet& set);

// Under kUnambiguous throws kData where figures would hang on a spelling: two spellings of one number
// on either side; -1 or 0 spelled so that policy market takes them for people; missing values; and,
// where the policy drops matches of the same camera, no query camera that occurs in the gallery.
// Names the spellings, how often each occurs, and what to type.
void RequireClearLabels(LabelReading reading, Policy policy, const OpenModel& model);

}  // namespace bcr
