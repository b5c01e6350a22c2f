#pragma once

#include <string>

namespace bcr {

// Fractions as people read them. "-0.00" is never printed.

// "+1.23" points for a difference of 0.0123.
std::string SignedPoints(double difference, int decimals = 1);
// "12.3" for 0.123.
std::string Percent(double value, int decimals = 1);

// Follows an interval that rests on few identities ("*"), and is empty otherwise.
const char* Star(bool few);
// What the star means: one line for the foot of a text, or "" where the text has no star.
std::string StarNote(const std::string& text);

}  // namespace bcr
