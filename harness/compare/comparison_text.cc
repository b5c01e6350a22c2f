#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/compare/change_forms.h"
#include "harness/compare/comparison.h"
#include "harness/metrics/table.h"
#include "reports/number_text.h"
#include "reports/text_table.h"

namespace bcr {
namespace {

// Of the pair's test; null without one.
const Estimate* DifferenceOf(const FigureDifference& figure) {
  return figure.test ? &figure.test->difference : nullptr;
}

std::optional<double> PValueOf(const FigureDifference& figure) {
  return figure.test ? std::optional(figure.test->p_value) : std::nullopt;
}

std::string FactsText(const Comparison& comparison, size_t columns) {
  if (comparison.facts.empty()) return "settings: the same in both\n";
  size_t name_width = 0;
  for (const FactDifference& fact : comparison.facts) {
    name_width = std::max(name_width, fact.name.size());
  }
  name_width = std::min(name_width, columns / 3);
  const size_t value_width = (columns - name_width - 4) / 2;
  std::vector<std::vector<std::string>> rows = {{"differs", "A", "B"}};
  for (const FactDifference& fact : comparison.facts) {
    const auto shown = [&](const std::string& value) {
      return Shortened(value.empty() ? "-" : value, value_width);
    };
    rows.push_back({Shortened(fact.name, name_width), shown(fact.a), shown(fact.b)});
  }
  return AlignedTable(rows, {0, 1, 2});
}

}  // namespace

std::string ComparisonText(const Comparison& comparison, int columns) {
  const auto width = static_cast<size_t>(std::max(columns, 60));
  std::string text;
  if (!comparison.name.empty()) text += "== " + comparison.name + "\n";
  text += "A: " + comparison.a + "\nB: " + comparison.b + "\n\n" + FactsText(comparison, width);
  for (const std::string& obstacle : comparison.obstacles) {
    text += Wrapped("WARNING: " + obstacle + ". The figures below do not answer one question.",
                    width, 4);
  }
  std::vector<std::vector<std::string>> rows = {
      {"cell", "figure", "A", "B", "B - A [95 % interval]", "p", "B is"}};
  for (const FigureDifference& figure : comparison.figures) {
    const FigureInfo info = InfoOf(figure.figure);
    if (!info.compared) continue;  // the table shows what people decide by, the JSON every figure
    rows.push_back({figure.cell.empty() ? "upgrade" : figure.cell, info.label, Percent(figure.a),
                    Percent(figure.b), ChangeText(figure.b - figure.a, DifferenceOf(figure), 1),
                    PText(PValueOf(figure)), figure.verdict.empty() ? "-" : figure.verdict});
  }
  text += "\n" + AlignedTable(rows, {0, 1, 6});
  text += StarNote(text);
  for (const std::string& note : comparison.notes) text += Wrapped("note: " + note, width, 4);
  return text;
}

Json ComparisonJson(const std::vector<Comparison>& pairs, const CompareOptions& options) {
  Json list = Json::array();
  for (const Comparison& pair : pairs) {
    Json facts = Json::array(), figures = Json::array();
    for (const FactDifference& fact : pair.facts) {
      Json entry = {{"name", fact.name}};
      if (!fact.a.empty()) entry["a"] = fact.a;
      if (!fact.b.empty()) entry["b"] = fact.b;
      facts.push_back(entry);
    }
    for (const FigureDifference& figure : pair.figures) {
      Json entry = {{"figure", figure.figure}, {"a", figure.a}, {"b", figure.b}};
      if (!figure.cell.empty()) entry["cell"] = figure.cell;
      if (figure.test) {
        const PairedTest& test = *figure.test;
        Json difference = DifferenceJson(test.difference);
        difference["n"] = test.queries;
        difference["identities"] = test.identities;
        entry["difference"] = difference;
        entry["p_value"] = test.p_value;
        entry["verdict"] = figure.verdict;
      }
      figures.push_back(entry);
    }
    list.push_back({{"name", pair.name},
                    {"a", pair.a},
                    {"b", pair.b},
                    {"facts", facts},
                    {"obstacles", pair.obstacles},
                    {"notes", pair.notes},
                    {"figures", figures}});
  }
  return {
      {"kind", "comparison"},
      {"schema_version", 1},
      {"statistics", {{"resamples", options.resamples}, {"seed", options.seed}, {"level", 0.95}}},
      {"pairs", list}};
}

}  // namespace bcr
