#pragma once

#include <optional>
#include <string>
#include <vector>

namespace bcr::picture {

// How numbers of an axis are written.
enum class Format {
  kPlain,    // as they are
  kPercent,  // fractions, "12.5%"
  kPoints,   // differences of fractions, "+2.5"
};

struct Axis {
  std::string title;
  Format format = Format::kPlain;
  bool log = false;                 // values below 1e-15 cannot be drawn
  std::optional<double> low, high;  // it reaches at least from here to there
};

// Where values of an axis lie on the paper. low < high; log: both above 0.
struct Scale {
  double low = 0, high = 1;
  bool log = false;
  double from = 0, to = 1;  // places of low and high

  double At(double value) const;   // values outside are held at the ends
  bool Holds(double value) const;  // whether it can be drawn at all
};

struct Tick {
  double value = 0;
  std::string label;
};

// A scale that holds all values that can be drawn, with ends at round numbers or where `axis` says. Without any: 0 to 1,
// for a log axis 0.1 to 1.
Scale FitScale(const Axis& axis, const std::vector<double>& values, double from, double to);

// Round numbers within the scale, about half a dozen, in order; at least one.
std::vector<Tick> TicksOf(const Axis& axis, const Scale& scale);

// A value as the axis writes it, with so many decimals (of the percent, where it is one).
std::string ValueText(Format format, double value, int decimals = 1);

}  // namespace bcr::picture
