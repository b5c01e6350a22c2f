// adapter.json, beside arrays that stay as they are. Its hash is made right, or few mutants would get
// behind it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/adapt/adapter_files.h"
#include "harness/adapt/fit_data.h"
#include "harness/core/files.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/seals.h"
#include "tests/unit/adapt/random_rows.h"

namespace bcr::fuzz {
namespace {

FittedAdapter Linear() {
  const AdapterChoice choice = ParseAdapter(adapter_table(), "linear");
  return FitAdapter(choice, {.from = test::Own(test::RandomRows(8, 3, 1)),
                             .to = test::Own(test::RandomRows(8, 2, 2))});
}

TEST(Fuzz, Adapters) {
  const TemporaryFolder folder;
  const AdapterTable table = adapter_table();
  SaveAdapter(Linear(), folder.path());
  const std::string file = JoinPath(folder.path(), "adapter.json");
  const std::string sound = ReadFile(file);
  RunTarget({.name = "adapter",
             .share = 0.01,
             .words = {"\"arrays\"", "\"numbers\"", "\"width_in\"", "\"width_out\"", "\"linear\"",
                       "\"procrustes\"", "\"pad\"", "\"truncate\"", "\"weights\"", "\"offset\"",
                       "\"unit_rows\"", "\"parameters\"", "null", "1", "0"},
             .read =
                 [&](const std::string& text) {
                   Put(file, Resealed(text, "check"));
                   const FittedAdapter adapter = LoadAdapter(table, folder.path());
                   const Json stated = ReadJsonFile(file);
                   Require(stated.at("name") == adapter.info().name &&
                               stated.at("width_in") == adapter.width_in() &&
                               stated.at("width_out") == adapter.width_out(),
                           "what the file says");
                   Require(DescribeAdapter(adapter).at("hash") == stated.at("hash"),
                           "the map that was written");
                 },
             .seeds = {sound}});
}

}  // namespace
}  // namespace bcr::fuzz
