#include "reports/picture/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/picture/sheet.h"

namespace bcr::picture {
namespace {

constexpr double kSlack = 1e-9;  // of a step: what sums of decimal fractions may be off

constexpr int kSteps = 6;              // of an axis, about
constexpr double kLeastOfLog = 1e-15;  // below it, ratios of ends could overflow

// The least of 1, 2 and 5 times a power of ten that is at least `length`.
double RoundStep(double length) {
  const double power = std::pow(10.0, std::floor(std::log10(length)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= length * (1 - kSlack)) return factor * power;
  }
  return 10 * power;
}

// Of 1, 2 and 5 times powers of ten, the next that is not above (not below) `value`.
double RoundBelow(double value) {
  const double power = std::pow(10.0, std::floor(std::log10(value) + kSlack));
  for (const double factor : {5.0, 2.0}) {
    if (factor * power <= value * (1 + kSlack)) return factor * power;
  }
  return power;
}

double RoundAbove(double value) { return RoundStep(value); }

double FactorOf(Format format) { return format == Format::kPlain ? 1 : 100; }

int DecimalsOf(double step) {
  return static_cast<int>(std::clamp(-std::floor(std::log10(step) + kSlack), 0.0, 9.0));
}

// For a log axis, whose labels differ by powers of ten.
std::string LogLabel(Format format, double value) {
  const double shown = FactorOf(format) * value;
  const char* sign = format == Format::kPercent ? "%" : "";
  if (shown >= 1 && shown < 1e7) return fmt::format("{:.10g}{}", shown, sign);
  if (shown >= 1e-5 && shown < 1) {
    return fmt::format("{:.{}f}{}", shown, DecimalsOf(RoundBelow(shown)), sign);
  }
  return fmt::format("{:.3g}{}", shown, sign);
}

std::vector<Tick> LinearTicks(Format format, double low, double high, int wanted) {
  const double step = RoundStep((high - low) / wanted);
  const int decimals = DecimalsOf(step * FactorOf(format));
  std::vector<Tick> ticks;
  const double last = std::floor(high / step + kSlack);
  for (double k = std::ceil(low / step - kSlack); k <= last; ++k)
    ticks.push_back({k * step, ValueText(format, k * step, decimals)});
  return ticks;
}

std::vector<Tick> LogTicks(Format format, double low, double high, int wanted) {
  const double first = std::ceil(std::log10(low) - kSlack);
  const double last = std::floor(std::log10(high) + kSlack);
  const double every = std::max(1.0, std::ceil((last - first) / wanted));
  const bool dense = last - first < 2;
  std::vector<Tick> ticks;
  for (double k = std::floor(std::log10(low) - kSlack); k <= last; ++k) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor > 1 && !dense) continue;
      if (factor == 1 && std::fmod(k - first, every) != 0) continue;
      const double value = factor * std::pow(10.0, k);
      if (value < low * (1 - kSlack) || value > high * (1 + kSlack)) continue;
      ticks.push_back({value, LogLabel(format, value)});
    }
  }
  return ticks;
}

// Room around values that are all the same, or as good as.
void Widen(bool log, double& low, double& high) {
  const double size = std::max(std::abs(low), std::abs(high));
  if (high - low > 1e-9 * size && high > low) return;
  if (log) {
    low /= 2;
    high *= 2;
    return;
  }
  const double room = size > 0 ? size / 10 : 1;
  low -= room;
  high += room;
}

}  // namespace

double Scale::At(double value) const {
  const double held = std::clamp(value, low, high);
  const double share =
      log ? std::log(held / low) / std::log(high / low) : (held - low) / (high - low);
  return from + share * (to - from);
}

bool Scale::Holds(double value) const { return Drawable(value) && (!log || value >= kLeastOfLog); }

Scale FitScale(const Axis& axis, const std::vector<double>& values, double from, double to) {
  Scale scale{axis.log ? 0.1 : 0, 1, axis.log, from, to};
  std::vector<double> held;
  std::copy_if(values.begin(), values.end(), std::back_inserter(held),
               [&](double value) { return scale.Holds(value); });
  for (const auto& end : {axis.low, axis.high}) {
    if (end && scale.Holds(*end)) held.push_back(*end);
  }
  if (held.empty()) return scale;
  const auto [least, greatest] = std::minmax_element(held.begin(), held.end());
  double low = *least, high = *greatest;
  // An end that was asked for stays where it is, unless there is nothing between the two.
  const bool range = high > low;
  const bool low_stays = range && axis.low && low == *axis.low;
  const bool high_stays = range && axis.high && high == *axis.high;
  Widen(axis.log, low, high);
  // Rounding makes the range longer, which may call for longer steps: the ends are multiples of
  // those that the ticks will have.
  for (int round = 0; round < 2; ++round) {
    const double step = axis.log ? 0 : RoundStep((high - low) / kSteps);
    if (!low_stays) low = axis.log ? RoundBelow(low) : step * std::floor(low / step + kSlack);
    if (!high_stays) high = axis.log ? RoundAbove(high) : step * std::ceil(high / step - kSlack);
  }
  scale.low = low;
  scale.high = high;
  return scale;
}

std::vector<Tick> TicksOf(const Axis& axis, const Scale& scale) {
  auto ticks = scale.log ? LogTicks(axis.format, scale.low, scale.high, kSteps)
                         : LinearTicks(axis.format, scale.low, scale.high, kSteps);
  if (ticks.empty()) ticks = {{scale.low, LogLabel(axis.format, scale.low)}};
  return ticks;
}

std::string ValueText(Format format, double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  double shown = std::round(FactorOf(format) * value * scale) / scale;
  if (shown == 0) shown = 0;  // -0 becomes 0
  if (format == Format::kPoints && shown != 0) return fmt::format("{:+.{}f}", shown, decimals);
  return fmt::format("{:.{}f}{}", shown, decimals, format == Format::kPercent ? "%" : "");
}

}  // namespace bcr::picture
