// CSV, JSON and data references: what is written in text editors.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/csv.h"
#include "harness/core/data_ref.h"
#include "harness/core/json.h"
#include "harness/core/utf8.h"
#include "tests/fuzz/fuzz.h"

namespace bcr::fuzz {
namespace {

void ReadCsv(const std::string& text) {
  const CsvTable table = ParseCsv(text, "x.csv");
  Require(table.rows.size() == table.lines.size(), "a line for each row");
  std::string again = CsvLine(table.header);
  for (const auto& row : table.rows) {
    Require(row.size() == table.header.size(), "as many fields as the header");
    again += CsvLine(row);
  }
  Require(InvalidUtf8At(again) == std::string_view::npos, "fields are UTF-8");
  const CsvTable copy = ParseCsv(again, "again.csv");
  Require(copy.header == table.header && copy.rows == table.rows, "reads back what it writes");
}

TEST(Fuzz, Csv) {
  RunTarget({.name = "csv",
             .share = 0.12,
             .words = {"\"a,b\"", "\"\"\"", ",,", "\n\n"},
             .read = ReadCsv});
}

TEST(Fuzz, Json) {
  RunTarget(
      {.name = "json",
       .share = 0.12,
       .words = {"/*", "*/", "//", "null", "true", "\\ud800", "\\n", "1.5e-3", "{\"a\":", "[]"},
       .read = [](const std::string& text) {
         const Json json = ParseJson(text, "x.json");
         const std::string dumped = DumpJson(json);
         Require(DumpJson(ParseJson(dumped, "again.json")) == dumped, "reads back what it writes");
       }});
}

TEST(Fuzz, JsonReader) {
  RunTarget(
      {.name = "json-reader",
       .share = 0.08,
       .words = {"\"share\"", "\"count\"", "\"on\"", "\"name\"", "\"kind\"", "\"list\"", "null"},
       .read = [](const std::string& text) {
         const Json json = ParseJson(text, "x.json");
         JsonReader reader(json, "x.json");
         const double share = reader.Number("share", 0, 1);
         const int64_t count = reader.Integer("count", -5, 1000000, 7);
         reader.Bool("on", true);
         const std::string name = reader.Text("name", "none");
         const std::string kind = reader.Choice("kind", {"a", "b"});
         const std::vector<std::string> list = reader.TextList("list", std::vector<std::string>());
         reader.Raw("free", false);
         reader.Finish();
         Require(share >= 0 && share <= 1, "a number in its range");
         Require(count >= -5 && count <= 1000000, "an integer in its range");
         Require(kind == "a" || kind == "b", "one of the choices");
         Require(json.size() <= 7, "no key that nobody asked for");
       }});
}

TEST(Fuzz, DataReference) {
  RunTarget({.name = "data-reference",
             .share = 0.08,
             .words = {"market1501:", ",a=b", "=", "+", ":", "identities="},
             .read = [](const std::string& text) {
               const DataRef ref = ParseDataRef(text);
               Require(!ref.name.empty(), "a name");
               const DataRef again = ParseDataRef(ref.Text());
               Require(again.Text() == ref.Text(), "one canonical spelling");
               Require(
                   again.name == ref.name && again.path == ref.path && again.options == ref.options,
                   "the spelling means the same");
             }});
}

}  // namespace
}  // namespace bcr::fuzz
