#include <algorithm>

#include "harness/features/feature_set.h"
#include "harness/features/image_index.h"
#include "harness/nn/embedder.h"
#include "harness/nn/threads.h"
#include "harness/nn/weights.h"
#include "harness/plan/given_model.h"
#include "harness/run/embedding.h"
#include "harness/run/given_features.h"
#include "harness/run/workshop.h"

namespace bcr {

FeatureSide SideOf(const std::string& name) {
  return name == kAfterNeck ? FeatureSide::kAfterNeck : FeatureSide::kBeforeNeck;
}

int LoaderWorkers(int threads) { return std::clamp(threads / 2, 1, 8); }

FloatMatrix Extract(size_t model, const ImageStore& images, EmbedOptions options,
                    Workshop& workshop) {
  options.quiet = workshop.request.quiet;
  options.workers = LoaderWorkers(TorchThreads());
  if (const auto& given = workshop.plan.Model(model).given; given != nullptr)
    return ExtractGiven(*given, images, options, workshop);
  const SavedModel saved = LoadModel(workshop.FolderOf(model));
  saved.model->MoveTo(workshop.device);
  saved.model->SetPrecision(workshop.request.precision);
  const ScopedTime timer(workshop.time, "extraction");
  return Embed(*saved.model, images, options);
}

namespace {

// For a network with parts for each domain, whose images these are.
ImageDomains DomainsIn(const ImageList& list, const ModelSpec& spec, DataRoles& data) {
  ImageDomains domains;
  if (!spec.KnowsDomains()) return domains;
  for (const ImageList::Part& part : list.parts) {
    const int64_t domain = spec.DomainOf(data.Data(part.role).hash());
    if (list.parts.size() == 1) return {domain};
    const size_t count =
        part.rows ? part.rows->size() : data.Images(part.role, part.split, part.size).size();
    domains.insert(domains.end(), count, domain);
  }
  return domains;
}

}  // namespace

void MakeFeatures(size_t place, const std::string& folder, Workshop& workshop) {
  const Step& step = workshop.plan.steps[place];
  const auto& work = std::get<FeaturesWork>(step.work);
  const std::unique_ptr<ImageStore> images = workshop.data.Images(work.images);
  EmbedOptions options;
  options.batch_size = work.batch_size;
  options.flip = work.flip;
  options.side = SideOf(work.feature_side);
  options.title = work.purpose;
  options.domains = DomainsIn(work.images, workshop.plan.Model(work.model).spec, workshop.data);
  FeatureSet set;
  const auto& given = workshop.plan.Model(work.model).given;
  const bool there = given != nullptr && given->IsFeatures();
  set.features = there ? GivenRows(*given, work.images, images->images())
                       : Extract(work.model, *images, options, workshop);
  set.index = IndexOf(images->images());
  WriteFeatureSet(folder, set, step.inputs);
}

}  // namespace bcr
