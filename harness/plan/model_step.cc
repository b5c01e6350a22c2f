#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/hash.h"
#include "harness/data/decode.h"
#include "harness/data/resize.h"
#include "harness/plan/builder.h"
#include "harness/train/objectives_in_use.h"

namespace bcr {

namespace {

// Raised whenever a change of harness/train or harness/nn changes the bytes of trained weights.
constexpr int kTrainerRevision = 1;

Json SpecJson(const ModelSpec& spec) {
  Json json = {{"backbone", spec.backbone},
               {"backbone_revision", ChooseBackbone(spec.backbone).info->revision},
               {"pooling", spec.pooling},
               {"height", spec.height},
               {"width", spec.width}};
  if (spec.embedding > 0) json["embedding"] = spec.embedding;
  if (spec.resize != kUsualResize) json["resize"] = spec.resize;
  if (spec.KnowsDomains()) json["domains"] = spec.domains;  // how it treats them: in its base
  return json;
}

Json OptionsJson(const TrainOptions& options) {
  const Schedule& s = options.schedule;
  Json json = {{"epochs", options.epochs},
               {"identities_per_batch", options.identities_per_batch},
               {"images_per_identity", options.images_per_identity},
               {"batches_per_epoch", options.batches_per_epoch},
               {"weight_decay", options.weight_decay},
               {"schedule",
                {{"learning_rate", s.learning_rate},
                 {"warmup_epochs", s.warmup_epochs},
                 {"warmup_factor", s.warmup_factor},
                 {"milestones", s.milestones},
                 {"gamma", s.gamma}}}};
  // Models were stored before there were these settings.
  Json given = GivenOptimisation(options.optimisation);
  if (!given.empty()) json["optimisation"] = std::move(given);
  return json;
}

// Adds a recipe's augmenters (parameters complete) to the training's options.
void AddAugmenters(const std::vector<AugmenterUse>& uses,
                   const std::vector<const AugmenterInfo*>& table, Json& options) {
  // The form that models were stored in before there was more than one augmenter.
  if (uses.size() == 1 && uses[0].augmenter == "standard" &&
      FindAugmenter(table, "standard").revision == 1) {
    options["augment"] = ParseJson(uses[0].parameters, "standard");
    return;
  }
  options["augmenters"] = UsesToJson(uses);
  for (size_t i = 0; i < uses.size(); ++i)
    options["augmenters"][i]["revision"] = FindAugmenter(table, uses[i].augmenter).revision;
}

Json ListJson(const ImageList& images, DataRoles& data) {
  Json list = Json::array();
  for (const ImageList::Part& part : images.parts)
    list.push_back({data.Data(part.role).hash(), SplitName(part.split), part.hash});
  return list;
}

Json CheckpointJson(const ModelWork& work, DataRoles& data) {
  const JudgedOn& images = *work.judged_on;
  return {{"by", work.options.checkpoint.by},      {"every", work.options.checkpoint.every},
          {"query", ListJson(images.query, data)}, {"gallery", ListJson(images.gallery, data)},
          {"policy", PolicyName(images.policy)},   {"side", images.feature_side},
          {"batch", work.options.extraction_batch}};
}

// The revisions of the plug-ins that a training uses, by name.
Json RevisionsJson(const ModelWork& work, const TrainPlugIns& plug_ins) {
  Json revisions = Json::object();
  for (const auto* uses : {&work.base.objectives, &work.compatibility}) {
    for (const ObjectiveUse& use : *uses)
      revisions[use.objective] = FindObjective(plug_ins.objectives, use.objective).revision;
  }
  for (const LabelSourceInfo* info : plug_ins.label_sources) {
    if (info->name == work.base.label_source) revisions[info->name] = info->revision;
  }
  return revisions;
}

// Where they are mixed, a word for each view: roles are called as a setting likes.
Json LabelsJson(const ModelWork& work) {
  if (work.labels != "mixed") return work.labels;
  Json labels = Json::array();
  for (const ViewRows& view : work.views) {
    const auto& hidden = work.unlabelled;
    const bool sees = std::find(hidden.begin(), hidden.end(), view.data) == hidden.end();
    labels.push_back(sees ? "ground-truth" : "none");
  }
  return labels;
}

// A text where there is one, a list where there are several: models of one data set keep the keys
// that they had before there could be more.
Json OneOrList(const std::vector<std::string>& texts) {
  return texts.size() == 1 ? Json(texts.front()) : Json(texts);
}

}  // namespace

size_t PlanBuilder::Model(ModelWork work, const std::string& title) {
  std::vector<std::string> data, views, earlier;
  for (const ViewRows& view : work.views) {
    data.push_back(data_.Data(view.data).hash());
    views.push_back(view.hash);
  }
  for (const EarlierModel& model : work.earlier) earlier.push_back(step(model.model).key);
  if (earlier.empty()) earlier.emplace_back();
  Json options = OptionsJson(work.options);
  AddAugmenters(work.base.augmenters, plug_ins_.train.augmenters, options);
  const bool extracts = !work.earlier.empty() || work.labels != "ground-truth";
  Step made;
  made.inputs = {{"trainer", kTrainerRevision},
                 {"data", OneOrList(data)},
                 {"decoder", DecoderRevision()},
                 {"view", OneOrList(views)},
                 {"labels", LabelsJson(work)},
                 {"spec", SpecJson(work.spec)},
                 {"seed", work.seed},
                 {"base", ToJson(work.base)},
                 {"compatibility", UsesToJson(work.compatibility)},
                 {"revisions", RevisionsJson(work, plug_ins_.train)},
                 {"options", options},
                 // Extraction serves old features and clustering; batches can change a feature's
                 // last bit.
                 {"extraction_batch", extracts ? work.options.extraction_batch : 0},
                 {"widths", work.earlier.empty() ? "" : work.widths},
                 {"init", work.init},
                 {"start", work.start ? step(*work.start).key : ""},
                 {"old", OneOrList(earlier)},
                 {"device", device_.substr(0, device_.find(':'))},
                 {"precision", request_.precision}};
  if (work.second_start) made.inputs["second_start"] = step(*work.second_start).key;
  // Absent for after-neck: such models were stored before there was a choice.
  if (work.feature_side != kAfterNeck) made.inputs["side"] = work.feature_side;
  made.title = title;
  made.folder = "models";
  if (!work.people.empty()) made.inputs["people"] = HashOf(Json(work.people).dump());
  NeedImages(ListOf(work.views), made);
  if (!work.shared_views.empty()) {
    made.inputs["shared"] = {{"list", ListJson(ListOf(work.shared_views), data_)},
                             {"seed", work.shared_seed}};
    NeedImages(ListOf(work.shared_views), made);
  }
  // Models were stored before an epoch could be chosen.
  if (work.judged_on) {
    made.inputs["checkpoint"] = CheckpointJson(work, data_);
    NeedImages(work.judged_on->query, made);
    NeedImages(work.judged_on->gallery, made);
  }
  if (work.start) made.needs.push_back(*work.start);
  if (work.second_start) made.needs.push_back(*work.second_start);
  for (const EarlierModel& model : work.earlier)
    made.needs.insert(made.needs.end(), {model.model, model.features});
  CheckRecipe(work.base, work.compatibility, plug_ins_.train);
  if (ReadMaps(work.base, work.compatibility, plug_ins_.train)) MapWidthsOf(work.spec);
  made.work = std::move(work);
  return Add(std::move(made));
}

}  // namespace bcr
