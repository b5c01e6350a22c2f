#include "harness/eval/scoring_text.h"
#include "harness/metrics/table.h"
#include "harness/plan/builder.h"

namespace bcr {

namespace {

std::string KeyOf(const CellSide& side, const Plan& plan) {
  std::string key = plan.steps[side.features].key;
  if (side.projection_of) key += "/projected";
  if (side.adapter) key += "/adapted:" + plan.steps[*side.adapter].key;
  if (side.beside) key += "/beside:" + plan.steps[*side.beside].key;
  return key;
}

Json HashesOf(const ImageList& images, DataRoles& data) {
  Json list = Json::array();
  for (const ImageList::Part& part : images.parts)
    list.push_back({data.Data(part.role).hash(), SplitName(part.split), part.hash});
  return list;
}

}  // namespace

size_t PlanBuilder::Cell(CellWork work, const std::string& title) {
  Step made;
  made.title = title;
  made.folder = "cells";
  made.inputs = {{"scoring", kScoringRevision},
                 {"policy", PolicyName(work.policy)},
                 {"max_rank", work.max_rank},
                 {"widths", work.width ? work.widths : ""}};
  // A stored cell holds the value of every query for each metric of ranks.
  for (const MetricInfo* metric : RankMetrics())
    made.inputs["metrics"][metric->name] = metric->revision;
  // Both absent on the CPU and without re-ranking: cells were keyed before there was a choice.
  if (IsCuda(device_)) made.inputs["device"] = "cuda";
  if (work.rerank) made.inputs["rerank"] = RerankText(*work.rerank);
  if (const auto* sides = std::get_if<std::pair<CellSide, CellSide>>(&work.sides)) {
    made.inputs["query"] = KeyOf(sides->first, plan_);
    made.inputs["gallery"] = KeyOf(sides->second, plan_);
    for (const CellSide& side : {sides->first, sides->second}) {
      made.needs.push_back(side.features);
      if (side.projection_of) made.needs.push_back(*side.projection_of);
      if (side.adapter) made.needs.push_back(*side.adapter);
      if (side.beside) made.needs.push_back(*side.beside);
    }
  } else {
    const auto& drawn = std::get<DrawnSides>(work.sides);
    made.inputs["drawn"] = {{"query", HashesOf(drawn.query, data_)},
                            {"gallery", HashesOf(drawn.gallery, data_)},
                            {"width", drawn.width},
                            {"seed", drawn.seed},
                            {"skip_bad", request_.on_bad_image == OnBadImage::kSkip}};
    NeedImages(drawn.query, made);
    NeedImages(drawn.gallery, made);
  }
  made.work = std::move(work);
  const size_t place = Add(std::move(made));
  step(place).wanted = true;
  return place;
}

}  // namespace bcr
