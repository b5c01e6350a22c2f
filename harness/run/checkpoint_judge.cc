#include "harness/run/checkpoint_judge.h"

#include <memory>

#include "harness/eval/scorer.h"
#include "harness/features/feature_set.h"
#include "harness/features/image_index.h"
#include "harness/nn/embedder.h"
#include "harness/nn/threads.h"
#include "harness/run/embedding.h"
#include "harness/run/workshop.h"

namespace bcr {

namespace {

struct Judge {
  std::shared_ptr<ImageStore> query, gallery;  // the same where a list is searched with itself
  EmbedOptions embedding;
  ScoringOptions scoring;

  FeatureSet Features(Model& model, const ImageStore& images) const {
    FeatureSet set;
    set.index = IndexOf(images.images());
    set.features = Embed(model, images, embedding);
    return set;
  }

  double operator()(Model& model) const {
    const FeatureSet queries = Features(model, *query);
    if (query == gallery) return ScoreCosine(queries, queries, scoring).map_hits;
    return ScoreCosine(queries, Features(model, *gallery), scoring).map_hits;
  }
};

bool AreTheSame(const ImageList& a, const ImageList& b) {
  return a.parts.front().split == b.parts.front().split;
}

}  // namespace

JudgeModel NewCheckpointJudge(const ModelWork& work, Workshop& workshop) {
  if (!work.judged_on) return nullptr;
  const JudgedOn& on = *work.judged_on;
  Judge judge;
  judge.query = workshop.data.Images(on.query);
  judge.gallery = AreTheSame(on.query, on.gallery) ? judge.query : workshop.data.Images(on.gallery);
  judge.embedding.batch_size = work.options.extraction_batch;
  judge.embedding.side = SideOf(on.feature_side);
  // Both lists are of one data set.
  if (work.spec.KnowsDomains()) {
    const std::string& role = on.query.parts.front().role;
    judge.embedding.domains = {work.spec.DomainOf(workshop.data.Data(role).hash())};
  }
  judge.embedding.workers = LoaderWorkers(TorchThreads());
  judge.embedding.quiet = true;
  judge.scoring.policy = on.policy;
  judge.scoring.threads = workshop.request.threads;
  return judge;
}

}  // namespace bcr
