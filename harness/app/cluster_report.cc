#include "harness/app/cluster_report.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "harness/cluster/neighbours/neighbours.h"
#include "harness/core/csv.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/provenance.h"
#include "harness/features/feature_table.h"
#include "harness/features/row_source.h"
#include "reports/number_text.h"
#include "reports/text_table.h"

namespace bcr {
namespace {

constexpr NoiseConvention kConventions[] = {
    NoiseConvention::kSingletons, NoiseConvention::kOneCluster, NoiseConvention::kDropped};

// Names as numbers, in the order of their first rows.
std::vector<int64_t> Numbered(const std::vector<std::string>& names) {
  std::map<std::string, int64_t> numbers;
  std::vector<int64_t> list;
  list.reserve(names.size());
  for (const std::string& name : names)
    list.push_back(numbers.emplace(name, static_cast<int64_t>(numbers.size())).first->second);
  return list;
}

double Share(int64_t part, size_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::string MethodText(const ClusterReport& report) {
  std::string text = report.clusterer.info->name;
  const Json parameters = ParseJson(report.clusterer.parameters, text);
  for (const auto& [key, value] : parameters.items()) {
    text +=
        fmt::format(", {} {}", key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

std::string ShapeText(const ClusterReport& report) {
  const ClusterShape& shape = report.shape;
  const size_t rows = report.labels.size();
  std::string text = fmt::format(
      "clusters: {}; outliers: {} of {} images ({} %); median size {}, largest {}\n",
      Grouped(shape.clusters), Grouped(shape.outliers), Grouped(static_cast<int64_t>(rows)),
      Percent(Share(shape.outliers, rows)), Grouped(shape.median_size), Grouped(shape.largest));
  if (report.table->has_cameras) {
    text += fmt::format("seen by more than one camera: {} of {} clusters\n",
                        Grouped(shape.multi_camera), Grouped(shape.clusters));
  }
  if (shape.clusters < 2) {
    text +=
        "note: fewer than two clusters: nothing can be trained on these labels. Is eps too small "
        "(all outliers) or too large (one cluster)?\n";
  }
  return text;
}

std::vector<std::string> QualityRow(const std::string& name, const LabelQuality& s) {
  std::vector<std::string> row = {name};
  for (const double value :
       {s.ari, s.nmi, s.fmi, s.pair_precision, s.pair_recall, s.homogeneity, s.completeness})
    row.push_back(fmt::format("{:.4f}", value));
  return row;
}

std::string QualityText(const ClusterReport& report) {
  std::vector<std::vector<std::string>> rows = {{"outliers as", "ARI", "NMI", "FMI",
                                                 "pair precision", "pair recall", "homogeneity",
                                                 "completeness"}};
  std::string text;
  if (report.quality.empty()) {
    text = "the index has no column `identity`: the labels cannot be held against it\n";
  } else {
    for (const auto& [noise, scores] : report.quality)
      rows.push_back(QualityRow(NoiseConventionName(noise), scores));
    const double kept = 1 - Share(report.shape.outliers, report.labels.size());
    text = fmt::format("{}dropped: of the {} % of the images that have a cluster\n",
                       AlignedTable(rows, {0}), Percent(kept));
  }
  if (report.agreement) {
    rows.resize(1);
    rows.push_back(QualityRow("singletons", report.agreement->scores));
    text += fmt::format("agreement with {}\n{}", report.agreement->file, AlignedTable(rows, {0}));
  }
  return text;
}

Json QualityJson(const LabelQuality& s) {
  return {{"ari", s.ari},
          {"nmi", s.nmi},
          {"fmi", s.fmi},
          {"pair_precision", s.pair_precision},
          {"pair_recall", s.pair_recall},
          {"homogeneity", s.homogeneity},
          {"completeness", s.completeness}};
}

Json FeaturesJson(const FeatureTable& table) {
  Json files = Json::array();
  for (const FeaturePart& part : table.parts) files.push_back(part.path);
  return {{"files", files},
          {"hash", table.hash},
          {"rows", table.rows->rows()},
          {"width", table.rows->cols()}};
}

}  // namespace

void DescribeLabels(ClusterReport& report) {
  const FeatureIndex& index = report.table->index;
  report.shape = DescribeClusters(report.labels, Numbered(index.cameras));
  report.quality.clear();
  if (!report.table->has_identities) return;
  const std::vector<int64_t> truth = Numbered(index.identities);
  for (const NoiseConvention noise : kConventions)
    report.quality.push_back({noise, ScoreLabels(truth, report.labels, noise)});
}

void CompareLabels(const std::string& file, ClusterReport& report) {
  const std::string text = ReadFile(file);
  CsvReader reader(text, file);
  if (reader.header() != std::vector<std::string>{"image", "label"}) {
    throw Error(ErrorCode::kData, {file + ":1", "other columns", "image,label",
                                   "Give what `bcreid cluster --out` wrote."});
  }
  std::map<std::string, std::string> label_of;
  for (std::vector<std::string> row; reader.Next(row);) label_of[row[0]] = row[1];
  std::vector<std::string> names;
  for (const std::string& image : report.table->index.images) {
    const auto found = label_of.find(image);
    if (found == label_of.end()) {
      throw Error(ErrorCode::kData, {file, fmt::format("no image `{}`", image),
                                     "the images of the features", "Compare labels of one set."});
    }
    // An outlier has a name that nobody shares.
    names.push_back(found->second == "-1" ? "outlier " + image : found->second);
  }
  report.agreement = {file,
                      ScoreLabels(Numbered(names), report.labels, NoiseConvention::kSingletons)};
}

std::string ClusterText(const ClusterReport& report) {
  const RowSource& rows = *report.table->rows;
  return fmt::format("features: {} rows of width {}\nmethod: {}\n",
                     Grouped(static_cast<int64_t>(rows.rows())),
                     Grouped(static_cast<int64_t>(rows.cols())), MethodText(report)) +
         ShapeText(report) + QualityText(report) +
         fmt::format("time: {:.2f} s, of which neighbours {:.2f} s\n", report.time.Of("all"),
                     report.time.Of("neighbours"));
}

Json ClusterJson(const ClusterReport& report) {
  const ClusterShape& shape = report.shape;
  const ClustererInfo& info = *report.clusterer.info;
  Json json = {{"schema_version", 1},
               {"kind", "cluster-report"},
               {"features", FeaturesJson(*report.table)},
               {"clusterer",
                {{"name", info.name},
                 {"revision", info.revision},
                 {"parameters", ParseJson(report.clusterer.parameters, info.name)}}},
               {"seed", report.seed},
               {"clusters",
                {{"count", shape.clusters},
                 {"outliers", shape.outliers},
                 {"largest", shape.largest},
                 {"median_size", shape.median_size}}},
               {"seconds", report.time.seconds()},
               {"provenance",
                {{"build", BuildJson()},
                 {"host", HostInfo()},
                 {"libraries", {{"neighbours", NeighbourLibrary()}}},
                 {"command_line", report.command_line},
                 {"created", UtcNow()}}}};
  if (report.table->has_cameras) json["clusters"]["multi_camera"] = shape.multi_camera;
  for (const auto& [noise, scores] : report.quality)
    json["quality"][NoiseConventionName(noise)] = QualityJson(scores);
  if (report.agreement) {
    json["agreement"] = QualityJson(report.agreement->scores);
    json["agreement"]["file"] = report.agreement->file;
  }
  return json;
}

std::string LabelsCsv(const ClusterReport& report) {
  std::string csv = kLabelsHeader;
  for (size_t i = 0; i < report.labels.size(); ++i)
    csv += CsvLine({report.table->index.images[i], std::to_string(report.labels[i])});
  return csv;
}

}  // namespace bcr
