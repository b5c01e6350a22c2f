#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/judge/blocks.h"
#ifdef BCR_WITH_SEARCH
#include "harness/search/search_cost.h"
#endif

namespace bcr {

#ifdef BCR_WITH_SEARCH

namespace {

Json FiguresJson(const CellScores& scores) {
  const auto at = [&](size_t rank) {
    return scores.cmc.empty() ? 0.0 : scores.cmc[std::min(rank, scores.cmc.size()) - 1];
  };
  return {{"map_hits", scores.map_hits}, {"cmc1", at(1)}, {"cmc5", at(5)}, {"cmc10", at(10)}};
}

Json CostJson(const ScoredCell& cell, const SearchCost& cost) {
  return {{"query_model", cell.query_model},
          {"gallery_model", cell.gallery_model},
          {"recall_at_1", cost.recall_at_1},
          {"recall_at_10", cost.recall_at_10},
          {"recall_at_k", cost.recall_at_k},
          {"exact", FiguresJson(cell.scores)},
          {"approximate", FiguresJson(cost.approximate)},
          {"truncated", FiguresJson(cost.truncated)}};
}

Json JudgedJson(const Compatibility& judged) {
  return {{"gain",
           {{"value", judged.gain.value}, {"low", judged.gain.low}, {"high", judged.gain.high}}},
          {"verdict", VerdictName(judged.verdict)}};
}

}  // namespace

Json SearchBlock(const ScoreRequest& request, const std::vector<OpenModel>& models,
                 const std::vector<ScoredCell>& cells) {
  ApproximateOptions options;
  options.threads = request.scoring.threads;
  Json list = Json::array();
  std::map<std::string, SearchCost> costs;
  for (const auto& [query, gallery] : PlannedCells(request, models)) {
    const ScoredCell& cell = *FindScored(cells, models[query].key, models[gallery].key);
    const CellRows rows = RowsOf(models, query, gallery, request.widths);
    const SearchCost cost =
        MeasureSearch(request.search, *rows.query, models[query].query.index, *rows.gallery,
                      models[gallery].gallery->index, request.scoring, options);
    list.push_back(CostJson(cell, cost));
    costs[cell.query_model + "/" + cell.gallery_model] = cost;
  }
  Json json = {{"index", request.search}, {"k", costs.begin()->second.k}, {"cells", list}};
  const auto old_self = costs.find("old/old"), cross = costs.find("new/old");
  if (!request.chain && old_self != costs.end() && cross != costs.end()) {
    const BootstrapOptions bootstrap = BootstrapOf(request);
    const SearchUpgrade judged =
        JudgeSearch(FindScored(cells, "old", "old")->scores,
                    FindScored(cells, "new", "old")->scores, old_self->second, cross->second,
                    models.front().query.index.identities, bootstrap.seed, bootstrap.resamples);
    json["compatibility"] = {{"exact", JudgedJson(judged.exact)},
                             {"truncated", JudgedJson(judged.truncated)},
                             {"approximate", JudgedJson(judged.approximate)}};
  }
  return json;
}

#else

Json SearchBlock(const ScoreRequest&, const std::vector<OpenModel>&,
                 const std::vector<ScoredCell>&) {
  throw Error(ErrorCode::kUsage,
              {"--search", "a build configured with BCR_WITH_SEARCH=OFF", "one that has FAISS",
               "Leave --search out (exact scores need none), or install FAISS and configure with "
               "-DBCR_WITH_SEARCH=ON."});
}

#endif

}  // namespace bcr
