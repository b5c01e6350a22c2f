#include "harness/metrics/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <set>
#include <string_view>

#include "harness/core/error.h"
#include "harness/core/suggest.h"

namespace bcr {
namespace {

bool IsFamily(const MetricInfo& metric) { return metric.name.find('*') != std::string::npos; }

// Whether `name` fits the pattern, where `*` stands for one or more characters other than a dot.
bool Fits(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (name.empty()) return false;
  if (pattern[0] != '*') return pattern[0] == name[0] && Fits(pattern.substr(1), name.substr(1));
  if (name[0] == '.' || name[0] == '*') return false;  // a family is no figure of its own
  return Fits(pattern.substr(1), name.substr(1)) || Fits(pattern, name.substr(1));
}

std::string Lower(const std::string& name) {
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

void CheckTable(const MetricList& table) {
  std::set<std::string> names, columns;
  for (const MetricInfo* metric : table) {
    BCR_CHECK(names.insert(metric->name).second, "two metrics of one name");
    for (const std::string& alias : metric->aliases) {
      BCR_CHECK(names.insert(alias).second, "an alias that is taken");
    }
    if (!metric->query || metric->query->value != QueryValue::kOfRanks) continue;
    BCR_CHECK(metric->query->of != nullptr, "a metric of ranks without its formula");
    BCR_CHECK(!metric->query->column.empty() && columns.insert(metric->query->column).second,
              "a metric of ranks without a column of its own");
  }
  BCR_CHECK(!table.empty() && table.front()->query, "the headline is a metric of queries");
}

template <typename Keep>
MetricList Select(const Keep& keep) {
  MetricList list;
  for (const MetricInfo* metric : MetricTable()) {
    if (keep(*metric)) list.push_back(metric);
  }
  return list;
}

// The figure of an upgrade behind "<query metric>.<figure>", or null.
const MetricInfo* FindPrefixed(const std::string& figure) {
  const size_t dot = figure.find('.');
  if (dot == std::string::npos) return nullptr;
  const MetricInfo* of = FindMetric(figure.substr(0, dot));
  const MetricInfo* what = FindMetric(figure.substr(dot + 1));
  const bool both = of != nullptr && of->query && what != nullptr && what->upgrade;
  return both ? what : nullptr;
}

}  // namespace

const MetricList& MetricTable() {
  static const MetricList table = [] {
    MetricList list = metric_table();
    CheckTable(list);
    return list;
  }();
  return table;
}

const MetricList& QueryMetrics() {
  static const MetricList list =
      Select([](const MetricInfo& metric) { return metric.query.has_value(); });
  return list;
}

const MetricList& RankMetrics() {
  static const MetricList list = Select([](const MetricInfo& metric) {
    return metric.query && metric.query->value == QueryValue::kOfRanks;
  });
  return list;
}

const MetricList& QueryMetricsAsShown() {
  static const MetricList list = [] {
    MetricList sorted = QueryMetrics();
    std::stable_sort(sorted.begin(), sorted.end(), [](const MetricInfo* a, const MetricInfo* b) {
      return a->print.place < b->print.place;
    });
    return sorted;
  }();
  return list;
}

const MetricInfo& HeadlineMetric() { return *MetricTable().front(); }

const MetricInfo* FindMetric(const std::string& name) {
  for (const MetricInfo* metric : MetricTable()) {
    if (metric->name == name && !IsFamily(*metric)) return metric;
  }
  return nullptr;
}

size_t RankMetricPlace(const MetricInfo& metric) {
  const MetricList& list = RankMetrics();
  const auto found = std::find(list.begin(), list.end(), &metric);
  BCR_CHECK(found != list.end(), "a metric that is not computed from ranks");
  return static_cast<size_t>(found - list.begin());
}

FigureInfo InfoOf(const std::string& figure) {
  if (const MetricInfo* metric = FindMetric(figure)) {
    return {metric,
            metric->Label(),
            metric->higher_is_better,
            metric->gate.watched,
            metric->gate.shown,
            metric->gate.tolerance,
            metric->print.comparison};
  }
  for (const MetricInfo* metric : MetricTable()) {
    if (!IsFamily(*metric) || !Fits(metric->name, figure)) continue;
    return {metric,
            figure,
            metric->higher_is_better,
            metric->gate.watched,
            metric->gate.shown,
            metric->gate.tolerance,
            metric->print.comparison};
  }
  FigureInfo info;
  info.metric = FindPrefixed(figure);
  info.label = figure;
  if (info.metric != nullptr) info.higher_is_better = info.metric->higher_is_better;
  return info;
}

std::string FigureMeant(const std::string& name) {
  const std::string lower = Lower(name);
  for (const MetricInfo* metric : MetricTable()) {
    for (const std::string& alias : metric->aliases) {
      if (alias == lower) return metric->name;
    }
  }
  return lower;
}

std::vector<std::string> FigureNames() {
  std::vector<std::string> names;
  for (const MetricInfo* metric : MetricTable()) {
    if (IsFamily(*metric)) continue;
    names.push_back(metric->name);
    names.insert(names.end(), metric->aliases.begin(), metric->aliases.end());
  }
  return names;
}

MetricList ParseQueryMetrics(const std::vector<std::string>& names, const std::string& where) {
  MetricList list;
  for (const std::string& name : names) {
    const MetricInfo* metric = FindMetric(FigureMeant(name));
    if (metric != nullptr && metric->query) {
      list.push_back(metric);
      continue;
    }
    std::vector<std::string> known;
    for (const MetricInfo* one : QueryMetrics()) known.push_back(one->name);
    throw Error(ErrorCode::kUsage, {where, fmt::format("`{}`", name), "a metric of a cell",
                                    SuggestionFor(name, known)});
  }
  return list;
}

Bounds BoundsOf(Unit unit) {
  constexpr double kMost = std::numeric_limits<double>::max();
  switch (unit) {
    case Unit::kShare:
      return {0, 1};
    case Unit::kDifference:
      return {-1, 1};
    case Unit::kRatio:
      break;
  }
  return {-kMost, kMost};
}

}  // namespace bcr
