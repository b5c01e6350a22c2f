#include "harness/metrics/figures.h"

#include <fmt/format.h>

#include <cctype>
#include <cmath>
#include <map>

namespace bcr {
namespace {

const std::map<std::string, std::string>& Labels() {
  static const std::map<std::string, std::string> labels = {
      {"map_hits", "mAP"},
      {"map_trapezoid", "mAP, trapezoid"},
      {"minp", "mINP"},
      {"cmc1", "rank-1"},
      {"cmc5", "rank-5"},
      {"cmc10", "rank-10"},
      {"gain", "gain"},
      {"update_gain", "update gain"},
      {"deployment.nfr1", "negative flips"},
      {"deployment.pfr1", "positive flips"},
      {"matrix.ac", "AC"},
      {"matrix.ac_decided", "AC, decided"},
      {"matrix.am", "AM"},
      {"matrix.bc", "BC"},
      {"matrix.fc", "FC"},
  };
  return labels;
}

double Rounded(double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  const double rounded = std::round(value * scale) / scale;
  return rounded == 0 ? 0 : rounded;  // -0 becomes 0
}

}  // namespace

FigureInfo InfoOf(const std::string& figure) {
  const auto label = Labels().find(figure);
  FigureInfo info{label == Labels().end() ? figure : label->second, true};
  for (const char* cost : {"nfr", "ap_drop_rate", "tax"}) {
    if (figure.find(cost) != std::string::npos) info.higher_is_better = false;
  }
  return info;
}

std::string FigureMeant(const std::string& name) {
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  static const std::map<std::string, std::string> aliases = {
      {"map", "map_hits"},  {"rank-1", "cmc1"},         {"rank-5", "cmc5"},
      {"rank-10", "cmc10"}, {"rank1", "cmc1"},          {"rank5", "cmc5"},
      {"rank10", "cmc10"},  {"nfr", "deployment.nfr1"}, {"pfr", "deployment.pfr1"},
  };
  const auto found = aliases.find(lower);
  return found == aliases.end() ? lower : found->second;
}

const std::vector<std::string>& GatedMetrics() {
  static const std::vector<std::string> metrics = {"map_hits", "cmc1", "cmc5", "cmc10", "minp"};
  return metrics;
}

std::string SignedPoints(double difference, int decimals) {
  return fmt::format("{:+.{}f}", Rounded(100 * difference, decimals), decimals);
}

std::string Percent(double value, int decimals) {
  return fmt::format("{:.{}f}", Rounded(100 * value, decimals), decimals);
}

}  // namespace bcr
