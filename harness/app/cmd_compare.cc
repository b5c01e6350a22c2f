#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/app/command.h"
#include "harness/compare/comparison.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/printable.h"
#include "harness/core/progress.h"

namespace bcr {
namespace {

constexpr int kColumns = 96;

struct CompareFlags {
  std::string a, b, json;
  CompareOptions options;
};

bool IsComparison(const Json& json) {
  return json.is_object() && json.contains("kind") && json["kind"] == "comparison";
}

std::vector<std::string> ResultsIn(const std::string& folder) {
  std::vector<std::string> skipped;
  std::vector<std::string> names = ListResults(folder, skipped);
  for (const std::string& why : skipped) Say("left out: " + why);
  return names;
}

// Results of the same file name in both folders; what only one of them has is said on stderr.
// `complete` becomes false where a pair cannot be compared.
std::vector<Comparison> CompareFolders(const CompareFlags& flags, bool& complete) {
  const std::vector<std::string> in_a = ResultsIn(flags.a), in_b = ResultsIn(flags.b);
  std::vector<Comparison> pairs;
  std::string refused;
  for (const std::string& name : in_a) {
    if (std::find(in_b.begin(), in_b.end(), name) == in_b.end()) {
      Say(fmt::format("only in {}: {}", flags.a, name));
      continue;
    }
    try {
      pairs.push_back(Compare(ReadResult(JoinPath(flags.a, name)),
                              ReadResult(JoinPath(flags.b, name)), flags.options));
      pairs.back().name = name;
    } catch (const Error& error) {
      complete = false;
      if (refused.empty()) refused = error.what();
      Say(fmt::format("not compared: {}: {}", name, error.what()));
    }
  }
  for (const std::string& name : in_b) {
    if (std::find(in_a.begin(), in_a.end(), name) == in_a.end())
      Say(fmt::format("only in {}: {}", flags.b, name));
  }
  if (!pairs.empty()) return pairs;
  throw Error(ErrorCode::kData,
              {flags.a + " and " + flags.b,
               refused.empty() ? "no file name in common" : "no pair that can be compared",
               "results of the same name in both folders", ""});
}

int Execute(const CompareFlags& flags) {
  if (!flags.json.empty()) RequireReplaceable(flags.json, "comparison", IsComparison);
  std::vector<Comparison> pairs;
  bool complete = true;
  if (FolderExists(flags.a) != FolderExists(flags.b)) {
    throw Error(ErrorCode::kUsage, {flags.a + " and " + flags.b, "a folder and a file",
                                    "two files or two folders", ""});
  }
  if (FolderExists(flags.a)) {
    pairs = CompareFolders(flags, complete);
  } else {
    pairs.push_back(Compare(ReadResult(flags.a), ReadResult(flags.b), flags.options));
  }
  if (!flags.json.empty()) WriteJsonAtomic(flags.json, ComparisonJson(pairs, flags.options));
  std::string text;
  for (const Comparison& pair : pairs) {
    text += (text.empty() ? "" : "\n") + ComparisonText(pair, kColumns);
  }
  text +=
      "\nPercent and points. B is better or worse where the 95 % interval excludes 0, which is "
      "where p is at\n"
      "most 0.05: both are of the sign-flip test over identities, paired by query "
      "(reports/STATISTICS.md).\n";
  PrintText(text);
  return complete ? kExitOk : kExitCellFailed;
}

}  // namespace

void AddCompareCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<CompareFlags>();
  CLI::App* compare =
      app.add_subcommand("compare", "Compare two results query by query: settings, then scores");
  compare->add_option("a", flags->a, "Run record, score report, or a folder of them")->required();
  compare->add_option("b", flags->b, "The same, to be held against the first")->required();
  compare->add_option("--json", flags->json, "Also write the comparison to this file");
  compare->add_option("--resamples", flags->options.resamples, "Half-samples of the identities")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000000));
  compare->add_option("--seed", flags->options.seed, "Seed of the half-samples")
      ->capture_default_str();
  compare->footer(
      "\nExamples:\n  bcreid compare before.json after.json\n"
      "  bcreid compare results-a/records results-b/records --json difference.json\n"
      "Exit codes: 0 compared, 1 some pair of two folders could not be, 2 nothing could.");
  compare->callback([flags, &action] { action = [flags] { return Execute(*flags); }; });
}

}  // namespace bcr
