#include "reports/number_text.h"

#include <fmt/format.h>

#include <cmath>

namespace bcr {
namespace {

double Rounded(double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  const double rounded = std::round(value * scale) / scale;
  return rounded == 0 ? 0 : rounded;  // -0 becomes 0
}

const char* Star(bool few) { return few ? "*" : ""; }

}  // namespace

std::string SignedPoints(double difference, int decimals) {
  return fmt::format("{:+.{}f}", Rounded(100 * difference, decimals), decimals);
}

std::string Percent(double value, int decimals) {
  return fmt::format("{:.{}f}", Rounded(100 * value, decimals), decimals);
}

std::string SignedInterval(double low, double high, bool few, int decimals, const char* label) {
  return fmt::format("[{}{}, {}]{}", label, SignedPoints(low, decimals),
                     SignedPoints(high, decimals), Star(few));
}

std::string PercentInterval(double low, double high, bool few) {
  return fmt::format("[{}, {}]{}", Percent(low), Percent(high), Star(few));
}

std::string StarNote(const std::string& text) {
  if (text.find("]*") == std::string::npos) return "";
  return "* rests on few identities that differ: wider than needed, or holding less often than "
         "said.\n";
}

}  // namespace bcr
