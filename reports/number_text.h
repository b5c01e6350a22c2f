#pragma once

#include <string>

namespace bcr {

// Fractions as people read them. "-0.00" is never printed.

// "+1.23" points for a difference of 0.0123.
std::string SignedPoints(double difference, int decimals = 1);
// "12.3" for 0.123.
std::string Percent(double value, int decimals = 1);

// "[+1.2, +3.4]" of points, and "[12.3, 45.6]" of percent. A star follows an interval that rests on
// few identities. `label` goes before the numbers.
std::string SignedInterval(double low, double high, bool few, int decimals = 1,
                           const char* label = "");
std::string PercentInterval(double low, double high, bool few);
// What the star means: one line for the foot of a text, or "" where the text has no star.
std::string StarNote(const std::string& text);

}  // namespace bcr
