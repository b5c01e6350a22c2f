#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "harness/core/files.h"
#include "harness/core/provenance.h"
#include "harness/data/decode.h"
#include "harness/data/resize.h"
#include "harness/features/feature_set.h"
#include "harness/features/npy.h"
#include "harness/nn/embedder.h"
#include "harness/nn/threads.h"
#include "harness/nn/weights.h"
#include "harness/run/checkpoint_judge.h"
#include "harness/run/embedding.h"
#include "harness/run/made_model.h"
#include "harness/run/workshop.h"
#include "harness/train/head.h"

namespace bcr {

namespace {

// Numbers for distinct texts, in sorted order.
std::vector<int64_t> Number(const std::vector<std::string>& texts) {
  std::vector<std::string> distinct = texts;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::vector<int64_t> numbers;
  for (const std::string& text : texts) {
    numbers.push_back(std::lower_bound(distinct.begin(), distinct.end(), text) - distinct.begin());
  }
  return numbers;
}

int64_t PlaceOf(const std::string& identity, const std::vector<std::string>& sorted) {
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), identity);
  return at != sorted.end() && *at == identity ? at - sorted.begin() : -1;
}

// People and cameras of two data sets are different ones even where their names agree: with several
// data roles their names have the role in front.
std::string NameIn(const std::string& role, const std::string& name, const ModelWork& work) {
  return work.views.size() == 1 ? name : role + ":" + name;
}

// Classes, labels and cameras, row for row with the images of the views.
void AddPeople(const ModelWork& work, const ImageStore& images, TrainJob& job) {
  std::vector<std::string> cameras;
  size_t row = 0;
  for (const ViewRows& view : work.views) {
    const auto first = static_cast<int64_t>(job.classes.size());
    for (const std::string& identity : view.identities)
      job.classes.push_back(NameIn(view.data, identity, work));
    const auto& hidden = work.unlabelled;
    const bool labelled = std::find(hidden.begin(), hidden.end(), view.data) == hidden.end();
    for (size_t i = 0; i < view.rows.size(); ++i, ++row) {
      const ImageRecord& image = images.images()[row];
      job.labels.push_back(first + PlaceOf(image.identity, view.identities));
      cameras.push_back(NameIn(view.data, image.camera, work));
      if (work.labels == "mixed") job.known_labels.push_back(labelled);
      if (work.views.size() > 1) job.domains.push_back(&view - work.views.data());
    }
  }
  job.cameras = Number(cameras);
}

// By class of the later model, the class of the earlier one that shows the same person, or -1; empty
// where they have no data set in common.
std::vector<int64_t> ClassesOf(const ModelWork& earlier, const ModelWork& later, DataRoles& data) {
  std::vector<int64_t> map;
  bool common = false;
  for (const ViewRows& view : later.views) {
    std::vector<int64_t> classes(view.identities.size(), -1);
    int64_t first = 0;
    for (const ViewRows& other : earlier.views) {
      const bool same = data.Data(other.data).hash() == data.Data(view.data).hash();
      common = common || same;
      for (size_t k = 0; same && k < view.identities.size(); ++k) {
        const int64_t place = PlaceOf(view.identities[k], other.identities);
        if (place >= 0) classes[k] = first + place;
      }
      first += static_cast<int64_t>(other.identities.size());
    }
    map.insert(map.end(), classes.begin(), classes.end());
  }
  return common ? map : std::vector<int64_t>();
}

OldModel OpenEarlier(const EarlierModel& earlier, const ModelWork& later, Workshop& workshop) {
  const ModelWork& work = workshop.plan.Model(earlier.model);
  OldModel old;
  old.name = earlier.name;
  old.alone = earlier.alone;
  old.class_of = ClassesOf(work, later, workshop.data);
  old.features = ReadFeatureSet(workshop.FolderOf(earlier.features)).features;
  // The head classifies features after the neck: before it there is none.
  if (later.feature_side != kAfterNeck) return old;
  if (work.given != nullptr) return old;
  const SavedModel saved = LoadModel(workshop.FolderOf(earlier.model));
  if (saved.classes.empty()) return old;
  old.head = HeadMatrix(*saved.model);
  old.head_scale =
      HeadScaleOf(work.base.objectives, work.compatibility, workshop.plug_ins.train.objectives);
  return old;
}

// What decides images that are made of those of these views.
Json ListOfAdded(const std::vector<ViewRows>& views, const ModelSpec& spec, DataRoles& data) {
  Json list = {{"data", Json::array()},
               {"view", Json::array()},
               {"decoder", DecoderRevision()},
               {"height", spec.height},
               {"width", spec.width}};
  if (spec.resize != kUsualResize) list["resize"] = spec.resize;
  for (const ViewRows& view : views) {
    list["data"].push_back(data.Data(view.data).hash());
    list["view"].push_back(view.hash);
  }
  return list;
}

// What augmenters add is an artefact of its own: several models may train on the same images.
AddedImagesContext WhereToAdd(size_t place, Workshop& workshop) {
  const auto& work = std::get<ModelWork>(workshop.plan.steps[place].work);
  AddedImagesContext context;
  context.keep = [&workshop](const Json& inputs, const FillFolder& make) {
    const char* const kind = "added-images";
    const std::string key = ArtifactStore::KeyOf(inputs);
    // They are made of the training images alone, whichever model asks first.
    MadeOf images = workshop.made_of;
    std::erase_if(images, [](const auto& of) { return !of.first.starts_with("images/"); });
    const std::string work_folder = workshop.store.WorkFolder(kind, key);
    workshop.store.Make(
        kind, inputs, [&](const std::string& folder) { make(folder, work_folder); }, images);
    workshop.made_of[ArtifactStore::NameOf(kind, key)] = workshop.store.ContentOf(kind, key);
    return workshop.store.Folder(kind, key);
  };
  context.list = ListOfAdded(work.views, work.spec, workshop.data);
  if (!work.shared_views.empty()) {
    context.shared = {
        .list = ListOfAdded(work.shared_views, work.spec, workshop.data),
        .open = [&work, &workshop] { return workshop.data.Images(ListOf(work.shared_views)); },
        .seed = work.shared_seed};
  }
  context.old_features = [&work, &workshop](size_t earlier, const ImageStore& images) {
    EmbedOptions options;
    options.batch_size = work.options.extraction_batch;
    options.side = SideOf(work.feature_side);
    options.title = "features of added images by " + work.earlier[earlier].name;
    return Extract(work.earlier[earlier].model, images, options, workshop);
  };
  return context;
}

Json TrainingJson(const TrainResult& result, const Step& step, const Workshop& workshop) {
  Json json = {{"history", result.history},
               {"label_notes", result.label_notes},
               {"steps", result.steps},
               {"images", result.images},
               {"seconds", result.seconds},
               {"time", result.time},
               {"title", step.title},
               {"device", workshop.device},
               {"precision", workshop.request.precision},
               {"threads", TorchThreads()},
               {"libtorch", TorchVersion()},
               {"kernels", TorchKernels()},
               {"cpu", HostInfo().at("cpu")},
               {"inputs", step.inputs}};
  if (!result.added.empty()) json["added_images"] = result.added;
  if (!result.checkpoint.is_null()) json["checkpoint"] = result.checkpoint;
  return json;
}

}  // namespace

void MakeModel(size_t place, const std::string& folder, Workshop& workshop) {
  const Step& step = workshop.plan.steps[place];
  const auto& work = std::get<ModelWork>(step.work);
  if (work.given != nullptr) return WriteGivenModel(folder, *work.given);
  const std::unique_ptr<ImageStore> images = workshop.data.Images(ListOf(work.views));
  TrainJob job;
  job.title = step.title;
  job.images = images.get();
  job.rows.resize(images->size());
  std::iota(job.rows.begin(), job.rows.end(), int64_t{0});
  AddPeople(work, *images, job);
  job.people = work.people;
  job.spec = work.spec;
  job.seed = work.seed;
  job.init_backbone = work.init_file;
  job.init_partial = work.init_partial;
  if (work.start) job.init_weights = workshop.FolderOf(*work.start);
  if (work.second_start) job.second_init_weights = workshop.FolderOf(*work.second_start);
  job.base = work.base;
  job.compatibility = work.compatibility;
  for (const EarlierModel& earlier : work.earlier)
    job.old_models.push_back(OpenEarlier(earlier, work, workshop));
  job.widths = work.widths;
  job.side = SideOf(work.feature_side);
  job.options = work.options;
  job.options.loader_workers = LoaderWorkers(TorchThreads());
  job.judge = NewCheckpointJudge(work, workshop);
  job.device = workshop.device;
  job.precision = workshop.request.precision;
  job.checkpoint_file =
      JoinPath(workshop.store.WorkFolder("models", step.key), "checkpoint.safetensors");
  job.added = WhereToAdd(place, workshop);
  job.quiet = workshop.request.quiet;

  TrainResult result = Train(job, workshop.plug_ins.train);
  for (const auto& [kind, seconds] : result.time) workshop.time.Add(kind, seconds);
  for (size_t i = 0; i < result.projections.size(); ++i) {
    if (result.projections[i].rows() > 0)
      WriteNpy(ProjectionFile(folder, i), result.projections[i].view());
  }
  SaveModel(folder, *result.model, work.base.head ? job.classes : std::vector<std::string>(),
            TrainingJson(result, step, workshop));
}

}  // namespace bcr
