#include "harness/run/workshop.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/progress.h"
#include "harness/data/decode.h"
#include "harness/features/feature_set.h"
#include "harness/features/image_index.h"
#include "harness/features/npy.h"
#include "harness/nn/embedder.h"
#include "harness/nn/threads.h"
#include "harness/nn/weights.h"
#include "harness/run/as_error.h"
#include "harness/train/head.h"
#include "harness/train/subset_store.h"

namespace bcr {

namespace {

// Raised whenever extraction changes feature bytes.
constexpr int kExtractionRevision = 1;

FeatureSide SideOf(const std::string& name) {
  return name == kAfterNeck ? FeatureSide::kAfterNeck : FeatureSide::kBeforeNeck;
}

// Threads that prepare batches beside those that compute; no byte depends on them.
int LoaderWorkers(int threads) { return std::clamp(threads / 2, 1, 8); }

std::vector<int64_t> ToRows(const std::vector<size_t>& rows) { return {rows.begin(), rows.end()}; }

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

}  // namespace

Workshop::Workshop(const RunRequest& request, const PlugIns& plug_ins, const ArtifactStore& store,
                   DataRoles& data, const Plan& plan, std::string device)
    : request_(request),
      plug_ins_(plug_ins),
      store_(store),
      data_(data),
      plan_(plan),
      device_(std::move(device)) {}

bool Workshop::ModelStored(int index) const {
  return store_.Has("models", plan_.models[static_cast<size_t>(index)].key);
}

const MadeModel& Workshop::Model(int index) {
  if (const MadeModel* made = Made(index)) return *made;
  if (const auto failed = failed_.find(index); failed != failed_.end()) throw failed->second;
  try {
    return models_.emplace(index, Make(index)).first->second;
  } catch (const std::exception& failure) {
    const Error error = AsError(failure, plan_.models[static_cast<size_t>(index)].title);
    if (error.code() != ErrorCode::kInterrupted) failed_.emplace(index, error);
    throw error;
  }
}

const MadeModel* Workshop::Made(int index) const {
  const auto found = models_.find(index);
  return found == models_.end() ? nullptr : &found->second;
}

MadeModel Workshop::Make(int index) {
  const PlannedModel& planned = plan_.models[static_cast<size_t>(index)];
  MadeModel made;
  made.reused = store_.Make("models", planned.inputs, [&](const std::string& folder) {
    TrainInto(planned, folder, store_.WorkFolder("models", planned.key));
  });
  made.folder = store_.Folder("models", planned.key);
  const SavedModel saved = LoadModel(made.folder);
  made.width = saved.model->feature_width();
  made.training = saved.training;
  made.weights_hash = saved.weights_hash;
  const std::string projection = JoinPath(made.folder, "projection.npy");
  if (FileExists(projection)) made.projection = ReadNpy(projection);
  return made;
}

void Workshop::TrainInto(const PlannedModel& planned, const std::string& folder,
                         const std::string& work) {
  const ImageStore& images = data_.Images(planned.data_role, Split::kTrain);
  TrainJob job;
  job.title = planned.title;
  job.images = &images;
  job.rows = ToRows(planned.view.rows);
  job.classes = planned.view.identities;
  std::vector<std::string> cameras;
  for (const int64_t row : job.rows) {
    const ImageRecord& image = images.images()[static_cast<size_t>(row)];
    const auto at = std::lower_bound(job.classes.begin(), job.classes.end(), image.identity);
    job.labels.push_back(at - job.classes.begin());
    cameras.push_back(image.camera);
  }
  job.cameras = Number(cameras);
  job.spec = planned.spec;
  job.seed = planned.seed;
  job.init_backbone = planned.init_file;
  if (planned.start_model >= 0) job.init_weights = Model(planned.start_model).folder;
  job.base = planned.base;
  job.compatibility = planned.compatibility;
  if (planned.old_model >= 0) job.old_models.push_back(MakeOldModel(planned));
  job.widths = planned.widths;
  job.side = SideOf(planned.feature_side);
  job.options = planned.options;
  job.options.loader_workers = LoaderWorkers(TorchThreads());
  job.device = device_;
  job.precision = request_.precision;
  job.checkpoint_file = JoinPath(work, "checkpoint.safetensors");
  job.added = WhereToAdd(planned);
  job.quiet = request_.quiet;

  TrainResult result = Train(job, plug_ins_.train);
  for (const auto& [kind, seconds] : result.time) time_.Add(kind, seconds);
  const Json training = {{"history", result.history},       {"label_notes", result.label_notes},
                         {"steps", result.steps},           {"images", result.images},
                         {"seconds", result.seconds},       {"time", result.time},
                         {"title", planned.title},          {"device", device_},
                         {"precision", request_.precision}, {"threads", TorchThreads()},
                         {"libtorch", TorchVersion()},      {"inputs", planned.inputs}};
  for (const FloatMatrix& projection : result.projections) {
    if (projection.rows() > 0) WriteNpy(JoinPath(folder, "projection.npy"), projection.view());
  }
  SaveModel(folder, *result.model, planned.base.head ? job.classes : std::vector<std::string>(),
            training);
}

// What augmenters add is an artefact of its own: several models may train on the same images.
AddedImagesContext Workshop::WhereToAdd(const PlannedModel& planned) {
  AddedImagesContext context;
  context.keep = [this](const Json& inputs,
                        const std::function<void(const std::string& folder)>& make) {
    store_.Make("added-images", inputs, make);
    return store_.Folder("added-images", ArtifactStore::KeyOf(inputs));
  };
  context.list = {{"data", data_.Data(planned.data_role).hash()},
                  {"view", planned.view.hash},
                  {"decoder", DecoderRevision()},
                  {"height", planned.spec.height},
                  {"width", planned.spec.width}};
  context.old_features = [this, &planned](size_t, const ImageStore& images) {
    EmbedOptions options;
    options.batch_size = planned.options.extraction_batch;
    options.side = SideOf(planned.feature_side);
    options.title = "old features of added images for " + planned.title;
    return Extract(planned.old_model, images, options);
  };
  return context;
}

OldModel Workshop::MakeOldModel(const PlannedModel& planned) {
  OldModel old;
  old.features = OldFeatures(planned.old_model, planned);
  old.class_of = OldClassOf(planned);
  // The head classifies features after the neck: before it there is none.
  if (planned.feature_side != kAfterNeck) return old;
  const SavedModel saved = LoadModel(Model(planned.old_model).folder);
  if (!saved.classes.empty()) old.head = HeadMatrix(*saved.model);
  return old;
}

// Identities of two data sets are different people even where their names agree.
std::vector<int64_t> Workshop::OldClassOf(const PlannedModel& planned) const {
  const PlannedModel& old = plan_.models[static_cast<size_t>(planned.old_model)];
  if (data_.Data(old.data_role).hash() != data_.Data(planned.data_role).hash()) return {};
  const std::vector<std::string>& classes = old.view.identities;
  std::vector<int64_t> map;
  for (const std::string& identity : planned.view.identities) {
    const auto at = std::lower_bound(classes.begin(), classes.end(), identity);
    map.push_back(at != classes.end() && *at == identity ? at - classes.begin() : -1);
  }
  return map;
}

FloatMatrix Workshop::OldFeatures(int index, const PlannedModel& consumer) {
  Json inputs = {{"extraction", kExtractionRevision},
                 {"model", plan_.models[static_cast<size_t>(index)].key},
                 {"data", data_.Data(consumer.data_role).hash()},
                 {"view", consumer.view.hash},
                 {"batch", consumer.options.extraction_batch},
                 {"decoder", DecoderRevision()}};
  // Absent for after-neck: such features were stored before there was a choice.
  if (consumer.feature_side != kAfterNeck) inputs["side"] = consumer.feature_side;
  store_.Make("train-features", inputs, [&](const std::string& folder) {
    const auto images =
        NewSubsetStore(data_.Images(consumer.data_role, Split::kTrain), ToRows(consumer.view.rows));
    EmbedOptions options;
    options.batch_size = consumer.options.extraction_batch;
    options.side = SideOf(consumer.feature_side);
    options.title = "old features for " + consumer.title;
    FeatureSet set;
    set.features = Extract(index, *images, options);
    set.index = IndexOf(images->images());
    WriteFeatureSet(folder, set, inputs);
  });
  return ReadFeatureSet(store_.Folder("train-features", ArtifactStore::KeyOf(inputs))).features;
}

Split Workshop::SplitOf(const std::string& side) const {
  if (request_.score_on == "validation") return Split::kTrain;
  return side == "query" ? Split::kQuery : Split::kGallery;
}

Json Workshop::FeatureInputs(int index, const std::string& role, const std::string& side,
                             const PlannedRun& run) {
  const Profile& profile = run.protocol.profile;
  Json inputs = {{"extraction", kExtractionRevision},
                 {"model", plan_.models[static_cast<size_t>(index)].key},
                 {"data", data_.Data(role).hash()},
                 {"split", SplitName(SplitOf(side))},
                 {"batch", profile.extraction_batch_size},
                 {"decoder", DecoderRevision()},
                 {"flip", profile.extraction_flip},
                 {"side", profile.feature_side},
                 {"skip_bad", request_.on_bad_image == OnBadImage::kSkip}};
  if (request_.score_on == "validation") inputs["view"] = run.views.validation.at(role).hash;
  return inputs;
}

bool Workshop::FeaturesStored(int index, const std::string& role, const std::string& side,
                              const PlannedRun& run) {
  return store_.Has("features", ArtifactStore::KeyOf(FeatureInputs(index, role, side, run)));
}

const MadeFeatures& Workshop::TestFeatures(int index, const std::string& role,
                                           const std::string& side, const PlannedRun& run) {
  const Profile& profile = run.protocol.profile;
  const Json inputs = FeatureInputs(index, role, side, run);
  const std::string key = ArtifactStore::KeyOf(inputs);
  std::unique_ptr<MadeFeatures>& made = features_[key];
  if (made) return *made;
  store_.Make("features", inputs, [&](const std::string& folder) {
    const bool validation = request_.score_on == "validation";
    const ImageStore& all = data_.Images(role, SplitOf(side));
    const auto some =
        validation ? NewSubsetStore(all, ToRows(run.views.validation.at(role).rows)) : nullptr;
    const ImageStore& images = validation ? *some : all;
    EmbedOptions options;
    options.batch_size = profile.extraction_batch_size;
    options.flip = profile.extraction_flip;
    options.side = SideOf(profile.feature_side);
    options.title = "extracting " + side + " of " + role;
    FeatureSet set;
    set.features = Extract(index, images, options);
    set.index = IndexOf(images.images());
    WriteFeatureSet(folder, set, inputs);
  });
  FeatureTableOptions options;
  options.threads = request_.threads;
  made = std::make_unique<MadeFeatures>(
      MadeFeatures{OpenFeatureTable({store_.Folder("features", key)}, options), key});
  return *made;
}

FloatMatrix Workshop::Extract(int index, const ImageStore& images, const EmbedOptions& options) {
  const SavedModel saved = LoadModel(Model(index).folder);
  saved.model->MoveTo(device_);
  saved.model->SetPrecision(request_.precision);
  EmbedOptions all = options;
  all.quiet = request_.quiet;
  all.workers = LoaderWorkers(TorchThreads());
  const ScopedTime timer(time_, "extraction");
  return Embed(*saved.model, images, all);
}

}  // namespace bcr
