#include "harness/app/upgrade_page.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/app/picture_files.h"
#include "harness/app/pictures.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/progress.h"
#include "harness/judge/rank_bands.h"
#include "reports/page/page.h"
#include "reports/result.h"
#include "reports/score_text.h"
#include "reports/upgrade_page.h"

namespace bcr {
namespace {

using Queries = std::vector<std::vector<PerQueryRow>>;

std::vector<RankBand> BandsOf(const std::vector<CellRecord>& cells, const Queries& queries) {
  std::vector<RankBand> bands;
  for (size_t c = 0; c < cells.size(); ++c) {
    const int ranks = static_cast<int>(cells[c].cmc.size());
    bands.push_back(c < queries.size() ? RankBandOf(queries[c], ranks, {}) : RankBand());
  }
  return bands;
}

// old/old, new/old, then new/new: what each finds for one query, before, during and after. None
// where the values of one of the first two are gone: strips show the change between them.
std::vector<NamedQueries> SearchesOf(const UpgradeView& view, Queries queries) {
  const UpgradeModels& models = view.models;
  std::vector<NamedQueries> searches;
  for (const auto& [query, gallery] : {std::pair(models.old_model, models.old_model),
                                       std::pair(models.new_model, models.old_model),
                                       std::pair(models.new_model, models.new_model)}) {
    for (size_t c = 0; c < view.cells->size() && c < queries.size(); ++c) {
      const CellRecord& cell = (*view.cells)[c];
      if (cell.query_model != query || cell.gallery_model != gallery || queries[c].empty())
        continue;
      searches.push_back(
          {fmt::format("{} queries, {} gallery", query, gallery), std::move(queries[c])});
    }
    const size_t needed = query == models.old_model ? 1 : 2;
    if (searches.size() < needed) return {};
  }
  return searches;
}

void Write(UpgradePageInput input, Queries queries, const PageFlags& flags) {
  if (input.view.compatibility == nullptr) {
    throw Error(ErrorCode::kUsage,
                {"--html", "no upgrade in this result", "a result with cells old/old and new/old",
                 "Of feature files: --old-query, --old-gallery and --new-query."});
  }
  input.bands = BandsOf(*input.view.cells, queries);
  input.searches = SearchesOf(input.view, std::move(queries));
  if (!flags.images.empty()) input.picture = OpenPictures(flags.images, flags.store);
  if (!flags.svg.empty()) WritePictures(flags.svg, UpgradePictureFiles(input));
  if (!flags.html.empty()) WriteFileAtomic(flags.html, std::string_view(UpgradeHtml(input)));
}

std::string MadeBy(const RecordProvenance& provenance) {
  return fmt::format("Made by `{}`, {}.", provenance.command_line, provenance.created);
}

// Cells without a side file, or whose file is gone, have no rows.
Queries QueriesOf(const Result& result) {
  Queries queries;
  for (const CellRecord& cell : result.cells)
    queries.push_back(ReadQueries(result, cell).value_or(std::vector<PerQueryRow>()));
  return queries;
}

}  // namespace

void CheckPageFlags(const PageFlags& flags) {
  if (!flags.images.empty() && flags.html.empty()) {
    throw Error(ErrorCode::kUsage,
                {"--images " + flags.images, "no page that would show them", "--html FILE", ""});
  }
  if (!flags.html.empty()) page::RequireReplaceablePage(flags.html, kUpgradePage);
}

void WritePage(const ScoreReport& report, Queries queries, const PageFlags& flags) {
  UpgradePageInput input;
  input.title = "Can the gallery stay? An upgrade, scored";
  input.lead = {ScoreHead(report), MadeBy(report.provenance)};
  input.view = ViewOf(report);
  Write(std::move(input), std::move(queries), flags);
}

void WritePage(const RunRecord& record, Queries queries, const PageFlags& flags) {
  UpgradePageInput input;
  input.title =
      fmt::format("{}: {}, seed {}", record.setting.name, record.method.name, record.seed);
  for (const auto& [role, data] : record.data)
    input.lead.push_back(fmt::format("{}: {} ({})", role, data.reference, data.hash.substr(0, 8)));
  input.lead.push_back(fmt::format("Profile {} r{}; policy {}, {}, {}.", record.profile.name,
                                   record.profile.revision, record.scoring.policy,
                                   record.scoring.distance, record.scoring.feature_side));
  for (const std::string& reason : record.unofficial_reasons)
    input.lead.push_back("Not official: " + reason);
  input.lead.push_back(MadeBy(record.provenance));
  input.view = ViewOf(record);
  input.models = record.models;
  Write(std::move(input), std::move(queries), flags);
}

void WritePageOf(const std::string& result_file, const PageFlags& flags) {
  const Json json = ReadJsonFile(result_file);
  const Result result = ResultFromJson(json, result_file);
  if (IsScoreReport(json)) {
    WritePage(ScoreReportFromJson(json, result_file), QueriesOf(result), flags);
  } else {
    WritePage(RecordFromJson(json, result_file), QueriesOf(result), flags);
  }
}

}  // namespace bcr
