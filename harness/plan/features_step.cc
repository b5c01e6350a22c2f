#include "harness/core/dataset.h"
#include "harness/data/decode.h"
#include "harness/plan/builder.h"
#include "harness/plan/given_model.h"
#include "harness/plan/mirroring.h"

namespace bcr {

namespace {

// Raised whenever extraction changes feature bytes.
constexpr int kExtractionRevision = 1;

// What decides the rows of a list of images: one part as it was keyed before lists could have more.
Json DataOf(const ImageList& images, DataRoles& data) {
  Json hashes = Json::array();
  for (const ImageList::Part& part : images.parts) hashes.push_back(data.Data(part.role).hash());
  return hashes.size() == 1 ? hashes.front() : hashes;
}

Json HashOf(const ImageList& images) {
  Json hashes = Json::array();
  for (const ImageList::Part& part : images.parts) hashes.push_back(part.hash);
  return hashes.size() == 1 ? hashes.front() : hashes;
}

}  // namespace

ImageList ScoredImages(const std::string& side, const PlannedRun& run, const RunRequest& request) {
  const std::string& role = run.protocol->setting.score_on;
  if (request.score_on == "validation") return ListOf({run.views->validation.at(role)});
  return {{{role, side == "query" ? Split::kQuery : Split::kGallery, std::nullopt, ""}}};
}

ImageList PlanBuilder::ImagesFor(size_t model, ImageList images) const {
  const std::shared_ptr<const GivenModel>& given = plan_.Model(model).given;
  if (given == nullptr || given->IsFeatures()) return images;
  for (ImageList::Part& part : images.parts)
    part.size = {given->height, given->width, given->resize};
  return images;
}

size_t PlanBuilder::TrainFeatures(size_t model, const ModelWork& consumer,
                                  const std::string& title) {
  FeaturesWork work;
  work.model = model;
  work.images = ImagesFor(model, ListOf(consumer.views));
  work.purpose = "old features for " + title;
  work.feature_side = consumer.feature_side;
  work.batch_size = consumer.options.extraction_batch;
  Step made;
  made.title = work.purpose;
  made.folder = "train-features";
  made.inputs = {{"extraction", kExtractionRevision},  {"model", step(model).key},
                 {"data", DataOf(work.images, data_)}, {"view", HashOf(work.images)},
                 {"batch", work.batch_size},           {"decoder", DecoderRevision()}};
  // Absent for after-neck: such features were stored before there was a choice.
  if (work.feature_side != kAfterNeck) made.inputs["side"] = work.feature_side;
  NeedImages(work.images, made);
  made.needs.push_back(model);
  made.work = std::move(work);
  return Add(std::move(made));
}

size_t PlanBuilder::TestFeatures(size_t model, const std::string& side, const PlannedRun& run) {
  const Profile& profile = run.protocol->profile;
  FeaturesWork work;
  work.model = model;
  work.images = ImagesFor(model, ScoredImages(side, run, request_));
  work.purpose = "extracting " + side + " of " + run.protocol->setting.score_on;
  work.feature_side = profile.feature_side;
  work.batch_size = profile.extraction_batch_size;
  const ImageList::Part& part = work.images.parts.front();
  work.flip = FlipOfExtraction(profile, data_.Data(part.role).report().mirrored_is_other);
  Step made;
  made.title = side + " of " + step(model).title;
  made.folder = "features";
  made.inputs = {{"extraction", kExtractionRevision},
                 {"model", step(model).key},
                 {"data", data_.Data(part.role).hash()},
                 {"split", SplitName(part.split)},
                 {"batch", work.batch_size},
                 {"decoder", DecoderRevision()},
                 {"flip", work.flip},
                 {"side", work.feature_side},
                 {"skip_bad", request_.on_bad_image == OnBadImage::kSkip}};
  if (part.rows) made.inputs["view"] = part.hash;
  NeedImages(work.images, made);
  made.needs.push_back(model);
  made.work = std::move(work);
  return Add(std::move(made));
}

}  // namespace bcr
