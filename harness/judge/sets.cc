#include "harness/judge/sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>

#include "harness/core/error.h"
#include "harness/core/hash.h"
#include "harness/core/progress.h"
#include "harness/eval/relevance.h"
#include "harness/judge/join.h"
#include "harness/judge/progress.h"

namespace bcr {
namespace {

bool UsesCameras(Policy policy) { return policy != Policy::kNone; }

OpenSet Open(const std::vector<std::string>& paths, const std::string& flag,
             const ScoreRequest& request) {
  const ScoringOptions& scoring = request.options.scoring;
  OpenSet set;
  set.flag = flag;
  set.table = OpenFeatureTable(paths, {.refuse_zero_rows = scoring.distance == Distance::kCosine,
                                       .threads = scoring.threads,
                                       .needs_cameras = UsesCameras(scoring.policy)});
  set.rows = set.table.rows;
  set.index = set.table.index;
  ReadLabels(request.labels, set);
  return set;
}

std::string PathsOf(const OpenSet& set) {
  std::string text = set.flag + " " + set.table.parts.front().path;
  if (set.table.parts.size() > 1) text += fmt::format(" and {} more", set.table.parts.size() - 1);
  return text;
}

void RequireEqualWidths(const OpenModel& model) {
  if (!model.gallery || model.query.rows->cols() == model.gallery->rows->cols()) return;
  throw Error(
      ErrorCode::kData,
      {fmt::format("{} and {}", PathsOf(model.query), PathsOf(*model.gallery)),
       fmt::format("width {} and width {}", model.query.rows->cols(), model.gallery->rows->cols()),
       "one width: query and gallery of one model", "Extract both with the same model."});
}

// The commonest mistake: without real cameras every match would be dropped.
void RequireTwoCameras(const OpenSet& query, const OpenSet& gallery, Policy policy) {
  if (!UsesCameras(policy)) return;
  const std::string& camera = query.index.cameras.front();
  const auto is_only = [&](const std::string& other) { return other == camera; };
  if (!std::all_of(query.index.cameras.begin(), query.index.cameras.end(), is_only) ||
      !std::all_of(gallery.index.cameras.begin(), gallery.index.cameras.end(), is_only)) {
    return;
  }
  throw Error(ErrorCode::kData,
              {fmt::format("{} and {}", query.table.parts.front().index_path,
                           gallery.table.parts.front().index_path),
               fmt::format("camera `{}` throughout, from row 0 on", camera),
               fmt::format("at least two cameras: policy {} drops matches of the query's own "
                           "camera, so none would be left",
                           PolicyName(policy)),
               "Without cameras, score with --policy none."});
}

void RequirePeople(const OpenSet& query, Policy policy) {
  if (policy != Policy::kMarket) return;
  for (size_t i = 0; i < query.table.index.size(); ++i) {
    const std::string& identity = query.table.index.identities[i];
    const bool junk = IsJunk(identity);
    if (!junk && !IsDistractor(identity)) continue;
    throw Error(ErrorCode::kData,
                {NameOfRow(query.table, i),
                 fmt::format("a query of identity `{}`: {} under policy market", identity,
                             junk ? "junk" : "a distractor"),
                 "queries that show known people",
                 "Leave the row out; where -1 and 0 are people, score with --policy camera."});
  }
}

}  // namespace

std::vector<OpenModel> OpenModels(const ScoreRequest& request) {
  std::vector<OpenModel> models;
  int64_t sets = 0, opened = 0;
  for (const ModelPaths& paths : request.models) sets += paths.gallery.empty() ? 1 : 2;
  Progress progress("reading", sets, "sets", request.quiet, kShownAfter);
  const auto open = [&](const std::vector<std::string>& files, const std::string& flag) {
    progress.Update(opened++);
    return Open(files, flag, request);
  };
  for (const ModelPaths& paths : request.models) {
    OpenModel model{paths.key, open(paths.query, paths.query_flag), std::nullopt};
    if (!paths.gallery.empty()) model.gallery = open(paths.gallery, paths.gallery_flag);
    RequireEqualWidths(model);
    if (!models.empty()) {
      JoinByImage(models.front().query, model.query);
      if (model.gallery) JoinByImage(*models.front().gallery, *model.gallery);
    }
    models.push_back(std::move(model));
  }
  const OpenModel& first = models.front();
  RequireClearLabels(request.labels, request.options.scoring.policy, first);
  RequireTwoCameras(first.query, *first.gallery, request.options.scoring.policy);
  RequirePeople(first.query, request.options.scoring.policy);
  return models;
}

std::vector<std::string> NotesOn(const OpenModel& model, Policy policy) {
  // Other policies drop a query's own image: it has the query's identity and camera.
  if (UsesCameras(policy) || !model.gallery) return {};
  const std::vector<std::string>& gallery = model.gallery->index.images;
  const std::unordered_set<std::string> there(gallery.begin(), gallery.end());
  const std::vector<std::string>& query = model.query.index.images;
  const auto both = std::count_if(query.begin(), query.end(),
                                  [&](const std::string& image) { return there.count(image) > 0; });
  if (both == 0) return {};
  return {
      fmt::format("{} of {} query images are in the gallery too (by name): under policy none a "
                  "query finds itself first, so rank-1 says nothing; leave them out of one",
                  both, query.size())};
}

SetRecord DescribeSet(const std::string& model, const std::string& side, const OpenSet& set,
                      Policy policy) {
  SetRecord record;
  record.model = model;
  record.side = side;
  record.rows = static_cast<int64_t>(set.rows->rows());
  record.width = static_cast<int64_t>(set.rows->cols());
  const FeatureIndex& index = set.index;
  record.identities = static_cast<int64_t>(
      std::set<std::string>(index.identities.begin(), index.identities.end()).size());
  record.cameras = static_cast<int64_t>(
      std::set<std::string>(index.cameras.begin(), index.cameras.end()).size());
  if (policy == Policy::kMarket && side == "gallery") {
    record.junk = std::count_if(index.identities.begin(), index.identities.end(), IsJunk);
    record.distractors =
        std::count_if(index.identities.begin(), index.identities.end(), IsDistractor);
  }
  record.hash = set.table.hash;
  record.reordered = set.reordered;
  std::vector<size_t> order(index.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return index.images[a] < index.images[b]; });
  Hasher hasher;
  for (const size_t i : order) {
    hasher.AddText(index.images[i]).AddText(index.identities[i]).AddText(index.cameras[i]);
  }
  record.index_hash = hasher.Hex();
  for (const FeaturePart& part : set.table.parts) {
    record.shards.push_back({part.path, part.index_path, static_cast<int64_t>(part.rows),
                             static_cast<int64_t>(part.width), part.dtype});
  }
  return record;
}

}  // namespace bcr
