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

}  // namespace

std::string SignedPoints(double difference, int decimals) {
  return fmt::format("{:+.{}f}", Rounded(100 * difference, decimals), decimals);
}

std::string Percent(double value, int decimals) {
  return fmt::format("{:.{}f}", Rounded(100 * value, decimals), decimals);
}

const char* Star(bool few) { return few ? "*" : ""; }

std::string StarNote(const std::string& text) {
  if (text.find("]*") == std::string::npos) return "";
  return "* rests on few identities that differ: wider than needed, or holding less often than "
         "said.\n";
}

}  // namespace bcr
