#include "harness/judge/graph.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/judge/backfill.h"
#include "harness/judge/candidates.h"
#include "harness/judge/changes.h"
#include "harness/judge/episodes.h"
#include "harness/judge/matrix.h"
#include "harness/judge/pairs.h"
#include "harness/judge/search.h"
#include "harness/judge/slices.h"
#include "harness/judge/thresholds.h"
#include "harness/judge/upgrade.h"
#include "harness/metrics/table.h"

namespace bcr {
namespace {

bool Asks(const GraphRequest& request, const CellName& cell) {
  return std::find(request.cells.begin(), request.cells.end(), cell) != request.cells.end();
}

[[noreturn]] void Refuse(const char* flag, std::string found, std::string expected,
                         std::string hint) {
  throw Error(ErrorCode::kUsage, {flag, std::move(found), std::move(expected), std::move(hint)});
}

void CheckRequest(const GraphRequest& request) {
  CheckAsked(request.asked, request.options);
  const auto has = [&](const std::string& query, const std::string& gallery) {
    return request.upgrade && Asks(request, {query, gallery});
  };
  const UpgradeNames names = request.upgrade.value_or(UpgradeNames());
  const bool cross = has(names.new_model, names.old_model);
  if (request.asked.pairs && !(cross && has(names.old_model, names.old_model))) {
    Refuse("--pairs", "no old and new model", "an upgrade: a cell old/old and a cell new/old",
           "Of feature files: --old-query, --old-gallery and --new-query.");
  }
  if (request.asked.backfill && !(cross && has(names.new_model, names.new_model))) {
    Refuse("--backfill", "no old and new gallery",
           "an upgrade with both galleries: a cell new/old and a cell new/new",
           "Of feature files: --old-query, --old-gallery, --new-query and --new-gallery.");
  }
  CheckEpisodes(request);
  CheckCandidates(request);
}

// How a cell is scored so that the sections find what they need.
JudgeOptions OptionsOf(const GraphRequest& request) {
  JudgeOptions options = request.options;
  options.scoring.distribution = request.asked.thresholds;
  options.scoring.list_length = request.asked.lists ? static_cast<int>(kListed) : 0;
  return options;
}

// A cell that a store kept has neither counted scores nor lists: it is streamed again.
void Complete(const GraphRequest& request, ScoredCell& cell) {
  const bool counts = request.asked.thresholds && !cell.scores.distribution;
  const bool lists = request.asked.lists && cell.scores.lists.empty();
  if (cell.record.status != "ok" || !(counts || lists)) return;
  const CellName name = {cell.record.query_model, cell.record.gallery_model};
  const CellRows rows = RowsOf(request, name);
  CellScores again = ScoreCellRows(rows, OptionsOf(request), "scoring " + name.Text());
  if (lists) {
    cell.queries = MakeSideFile(PerQueryRows(again, *rows.query_index, rows.gallery_index),
                                cell.record.per_query.emplace());
  }
  cell.scores.distribution = std::move(again.distribution);
  cell.scores.lists = std::move(again.lists);
}

ScoredCell ScoreOne(const GraphRequest& request, const CellName& name) {
  const CellRows rows = RowsOf(request, name);
  const JudgeOptions options = OptionsOf(request);
  const auto score = [&] { return ScoreCellRows(rows, options, "scoring " + name.Text()); };
  ScoredCell cell =
      DescribeCell(name, request.scorer ? request.scorer(name, score) : score(), *rows.query_index,
                   *rows.gallery_index, StatisticsOf(request.options));
  // A stored cell keeps its queries and the curve; its mean is the record's.
  if (request.scorer) cell.scores.map_hits = cell.record.metrics.at(HeadlineMetric().name).value;
  return cell;
}

ScoredCell TryOne(const GraphRequest& request, const CellName& name) {
  try {
    return ScoreOne(request, name);
  } catch (const Error& error) {
    if (!request.keep_going || error.code() == ErrorCode::kInterrupted) throw;
    ScoredCell failed;
    failed.record.query_model = name.query_model;
    failed.record.gallery_model = name.gallery_model;
    failed.record.status = "failed";
    failed.record.error = error.what();
    return failed;
  }
}

bool AnyOfChain(const GraphRequest& request, const std::vector<ScoredCell>& cells) {
  for (const std::string& query : request.chain) {
    for (const std::string& gallery : request.chain) {
      if (FindScored(cells, {query, gallery}) != nullptr) return true;
    }
  }
  return false;
}

// Shares and areas of sections are figures of the upgrade as well: gates and comparisons find them
// there.
void AddSectionFigures(const Sections& sections, CompatibilityRecord& record) {
  const auto add_share = [&](const char* name, const PairFigures::Counts& counts) {
    if (counts.share) record.values[name] = {*counts.share, {}, {}, counts.pairs};
  };
  if (sections.pair_criterion) {
    add_share("pairs.same", sections.pair_criterion->same);
    add_share("pairs.different", sections.pair_criterion->different);
  }
  if (!sections.backfill) return;
  for (const BackfillCurves::Curve& curve : sections.backfill->curves) {
    const ValueOrReason& area = curve.area;
    if (!area.value) continue;
    record.values[fmt::format("backfill.{}.area", curve.order)] = {*area.value, area.low, area.high,
                                                                   record.gain.n};
  }
}

}  // namespace

CellRows RowsOf(const GraphRequest& request, const CellName& cell) {
  if (request.rows) return request.rows(cell);
  return RowsOfCell(request.models, cell, request.options.widths);
}

ValueOrReason ToValue(const Estimate& estimate) {
  if (!estimate.value) return {{}, {}, {}, estimate.reason};
  return {estimate.value, estimate.low, estimate.high, ""};
}

void JudgeCells(const GraphRequest& request, Judgement& judgement) {
  CheckRequest(request);
  {
    const ScopedTime timer(judgement.time, "scoring");
    for (ScoredCell& cell : judgement.cells) Complete(request, cell);
  }
  const std::vector<ScoredCell>& cells = judgement.cells;
  Sections& sections = judgement.sections;
  const auto timed = [&](const char* kind, bool wanted, const auto& make) {
    if (!wanted) return;
    const ScopedTime timer(judgement.time, kind);
    make();
  };
  const UpgradeScored upgrade =
      request.upgrade ? FindUpgrade(cells, *request.upgrade) : UpgradeScored();
  const bool judged = upgrade.old_self != nullptr && upgrade.cross != nullptr;
  const bool replaced = upgrade.cross != nullptr && upgrade.new_self != nullptr;
  timed("statistics", judged, [&] {
    const EstimateOptions bootstrap = StatisticsOf(request.options);
    judgement.compatibility = JudgeUpgrade(upgrade, bootstrap);
  });
  timed("statistics", request.asked.changes > 0 && judged,
        [&] { sections.changes = ChangeSection(request, cells); });
  timed("pairs", request.asked.pairs && judged,
        [&] { sections.pair_criterion = PairSection(request); });
  timed("statistics", AnyOfChain(request, cells),
        [&] { sections.matrix = MatrixSection(request, cells); });
  timed("backfill", request.asked.backfill && replaced,
        [&] { sections.backfill = BackfillSection(request, cells); });
  timed("slices", request.asked.slices, [&] { sections.slices = SliceSection(request, cells); });
  timed("thresholds", request.asked.thresholds,
        [&] { sections.thresholds = ThresholdSection(request, cells); });
  timed("search", !request.asked.search.empty(),
        [&] { sections.search = SearchSection(request, cells); });
  timed("episodes", !request.asked.episodes.empty(),
        [&] { sections.episodes = EpisodeSection(request, cells); });
  timed("candidates", !request.asked.candidates.empty(),
        [&] { sections.candidates = CandidateSection(request, cells); });
  if (judgement.compatibility) AddSectionFigures(sections, *judgement.compatibility);
}

Judgement JudgeGraph(const GraphRequest& request) {
  CheckRequest(request);
  Judgement judgement;
  for (const CellName& name : request.cells) {
    const ScopedTime timer(judgement.time, "scoring");
    judgement.cells.push_back(TryOne(request, name));
  }
  JudgeCells(request, judgement);
  return judgement;
}

}  // namespace bcr
