#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/app/cluster_report.h"
#include "harness/app/command.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/plug_in_choice.h"
#include "harness/core/printable.h"
#include "harness/core/progress.h"
#include "harness/features/feature_table.h"
#include "harness/features/row_source.h"
#include "reports/result.h"

namespace bcr {
namespace {

constexpr const char* kExamples = R"(
FEATURES is a folder with features.npy and index.csv, or X.npy, or X.safetensors; several are shards of one set.
Where the index has identities, the labels are held against them; where it has none, that part is left out.
Examples:
  bcreid cluster train --out labels.csv                             DBSCAN as Cluster Contrast uses it
  bcreid cluster train --out labels.csv --jaccard 20,6 --method dbscan,variant=mmt,eps=0.7
  bcreid cluster train --out labels.csv --method hdbscan            no eps to choose
  bcreid cluster train --out labels.csv --method infomap
  bcreid cluster train --out labels.csv --method k-means,clusters=700
  bcreid cluster train --out approximate.csv --search IVF1024,Flat:nprobe=32 --against labels.csv
                                                                    what approximate neighbours change
bcreid list clusterers names all with their parameters.)";

struct ClusterFlags {
  std::vector<std::string> features;
  std::string out, json, method = "dbscan", jaccard, search, against;
  uint64_t seed = 1;
  int threads = 0;
  bool quiet = false;
};

// Flags that are short for parameters of the method.
std::string Reference(const ClusterFlags& flags) {
  std::string reference = flags.method;
  if (flags.jaccard.empty()) return reference;
  const size_t comma = flags.jaccard.find(',');
  if (comma == std::string::npos) {
    throw Error(ErrorCode::kUsage, {"--jaccard", fmt::format("`{}`", flags.jaccard), "K1,K2", ""});
  }
  return reference + ",k1=" + flags.jaccard.substr(0, comma) +
         ",k2=" + flags.jaccard.substr(comma + 1);
}

ClustererChoice Choose(const ClusterFlags& flags) {
  ClustererChoice choice = ParseClusterer(clusterer_table(), Reference(flags));
  if (flags.search.empty()) return choice;
  // Names of indexes hold commas: they are no parameter that can be typed with others.
  Json parameters = ParseJson(choice.parameters, choice.info->name);
  if (!parameters.contains("search")) {
    throw Error(ErrorCode::kUsage, {"--search " + flags.search, choice.info->name,
                                    "a method that searches neighbours", ""});
  }
  parameters["search"] = flags.search;
  choice.parameters = DumpJsonCompact(parameters);
  return choice;
}

bool IsClusterReport(const Json& json) {
  return json.is_object() && json.contains("kind") && json["kind"] == "cluster-report";
}

// Whether labels of ours lie there.
bool IsLabelFile(const std::string& path) { return ReadFile(path).starts_with(kLabelsHeader); }

FloatMatrix UnitRows(const RowSource& rows) {
  FloatMatrix unit(rows.rows(), rows.cols());
  std::vector<float> scratch(rows.cols());
  for (size_t i = 0; i < rows.rows(); ++i)
    std::copy_n(rows.Row(i, scratch.data()), rows.cols(), unit.row(i));
  NormalizeRows(unit);
  return unit;
}

void Label(const ClusterFlags& flags, const Clusterer& clusterer, ClusterReport& report) {
  const ScopedTime timer(report.time, "all");
  const FloatMatrix unit = UnitRows(*report.table->rows);
  std::unique_ptr<Progress> bar;
  ClusterCall call;
  call.seed = flags.seed;
  call.threads = flags.threads;
  call.time = &report.time;
  call.progress = [&](int64_t done, int64_t total) {
    if (!bar) bar = std::make_unique<Progress>("neighbours", total, "pairs", flags.quiet, 1.0);
    bar->Update(done);
    if (done == total) bar.reset();
  };
  report.labels = clusterer(unit.view(), call);
}

int Execute(const ClusterFlags& flags, const std::string& command_line) {
  RequireReplaceableFile(flags.out, "file of labels", IsLabelFile);
  if (!flags.json.empty()) RequireReplaceable(flags.json, "cluster report", IsClusterReport);
  ClusterReport report;
  report.clusterer = Choose(flags);
  report.seed = flags.seed;
  report.command_line = command_line;
  const Json parameters = ParseJson(report.clusterer.parameters, report.clusterer.info->name);
  const Clusterer clusterer =
      MakeClusterer(*report.clusterer.info, parameters, "method " + report.clusterer.info->name);
  if (report.clusterer.info->warn != nullptr) {
    const std::string warning = report.clusterer.info->warn(parameters);
    if (!warning.empty()) Say("warning: " + warning, flags.quiet);
  }
  const FeatureTable table =
      OpenFeatureTable(flags.features, {.threads = flags.threads, .needs_identities = false});
  report.table = &table;
  Label(flags, clusterer, report);
  DescribeLabels(report);
  if (!flags.against.empty()) CompareLabels(flags.against, report);
  // Files first: a reader of standard output that goes away must not cost them.
  WriteFileAtomic(flags.out, LabelsCsv(report));
  if (!flags.json.empty()) WriteJsonAtomic(flags.json, ClusterJson(report));
  PrintText(ClusterText(report) + fmt::format("labels: {}\n", flags.out));
  return kExitOk;
}

}  // namespace

void AddClusterCommand(CLI::App& app, Action& action, const std::string& command_line) {
  auto flags = std::make_shared<ClusterFlags>();
  CLI::App* cluster = app.add_subcommand("cluster", "Pseudo labels of features by clustering");
  cluster->add_option("FEATURES", flags->features, "Feature set, or its shards")->required();
  cluster->add_option("--out", flags->out, "CSV file for image,label (-1: outlier)")->required();
  cluster->add_option("--method", flags->method, "name[,key=value...]")->capture_default_str();
  cluster->add_option("--jaccard", flags->jaccard,
                      "K1,K2: short for k1 and k2 of a method that uses the Jaccard distance");
  cluster->add_option("--search", flags->search,
                      "exact, or an index of FAISS that finds the neighbours approximately");
  cluster->add_option("--against", flags->against,
                      "Labels of the same images, such as those of an exact search, to agree with");
  cluster->add_option("--json", flags->json, "Also write the report as JSON");
  cluster->add_option("--seed", flags->seed, "Of methods that draw")->capture_default_str();
  cluster->add_option("--threads", flags->threads, "Threads (0: all usable cores)")
      ->capture_default_str()
      ->check(CLI::Range(0, 4096));
  cluster->add_flag("--quiet", flags->quiet, "No progress on stderr");
  cluster->footer(kExamples);
  cluster->callback([flags, command_line, &action] {
    action = [flags, command_line] { return Execute(*flags, command_line); };
  });
}

}  // namespace bcr
