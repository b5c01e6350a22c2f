// Reconstruction: ClusterNCE on features that a graph of their neighbours refines (graph correlation
// learning).
//   x        unit after-neck features (B x d); A^ their graph (correlation_graph.h)
//   x~       x + A^ x W made unit, W (d x d) learned with the model, 0 at the start: x~ = x
//   loss     mean -log softmax(x~ M^T / t)[y], M the memory of cluster means (K x d), which x~ moves as
//            in cluster-nce, by its parameters (`update` selective is a reconstruction of its own)
// Before every epoch the features of the whole training set are refined in the same way, by the graph of
// the set (Objective::Refined): label source and memory see those. What is deployed and compared with
// earlier models is x, of one image alone.
// Jia et al., "Mind Your Clever Neighbours: Unsupervised Person Re-identification via Adaptive
// Clustering Relationship Modeling", arXiv:2112.01839. Only the abstract was read: relations between
// images are explored before clustering, the refined features are clustered, and relations within a
// mini-batch soften wrong clusterings while training. Form of the graph, W and every default are this
// project's.
#include <ATen/ATen.h>

#include <nlohmann/json.hpp>

#include "harness/core/random.h"
#include "harness/train/objective.h"
#include "methods/support/contrast_memory.h"
#include "methods/support/correlation_graph.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

class GraphNce : public Objective {
 public:
  GraphNce(const ContrastChoice& contrast, GraphChoice graph)
      : memory_(contrast), graph_(std::move(graph)) {}

  void Prepare(const TrainingSet& set) override {
    device_ = set.device;
    seed_ = DeriveSeed(set.seed, "graph-nce");
    weights_ = at::zeros({set.feature_width, set.feature_width}, at::Device(device_));
    weights_.set_requires_grad(true);
  }
  void OnLabels(const LabelSet& labels) override { labels_ = labels; }

  bool Refined(FloatMatrix& unit_rows) const override {
    RefineRows(unit_rows, weights_, graph_);
    return true;
  }

  void BeginEpoch(const EpochStart& start) override {
    memory_.Begin(start.features(), labels_, device_,
                  DeriveSeed(seed_, static_cast<uint64_t>(start.epoch)));
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor x = UnitRows(batch[Slot::kAfterNeck]);
    const at::Tensor refined = RefineBatch(x, weights_, batch[Slot::kRows], graph_);
    terms.Add("contrast", memory_.Loss(refined, batch));
    refined_ = refined.detach();
    terms.Log("moved", 1 - (x.detach() * refined_).sum(1).mean());
  }

  void AfterBackward(const Batch& batch) override { memory_.Follow(refined_, batch); }

  std::vector<at::Tensor> Parameters() override { return {weights_}; }

 private:
  uint64_t seed_ = 0;
  std::string device_ = "cpu";
  LabelSet labels_;
  ContrastMemory memory_;
  const GraphChoice graph_;
  at::Tensor weights_;  // W
  at::Tensor refined_;  // of the batch in work
};

std::string AllParameters() {
  Json all = ParseJson(kContrastParameters, "graph-nce");
  for (const char* others : {kLaterContrastParameters, kGraphParameters})
    all.update(ParseJson(others, "graph-nce"));
  return DumpJsonCompact(all);
}

}  // namespace

const ObjectiveInfo& objective_graph_nce() {
  static const ObjectiveInfo info = {
      .name = "graph-nce",
      .revision = 1,
      .about = "Contrast with cluster means of features that a graph of their neighbours refines",
      .source = "reconstruction of Jia et al., arXiv:2112.01839, from its abstract",
      .parameters = AllParameters(),
      .gradient_checks = R"([{}, {"reciprocal": false, "batch_neighbours": 20}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const ContrastChoice contrast = ReadContrast(reader);
        return std::make_unique<GraphNce>(contrast, ReadGraph(reader));
      }};
  return info;
}

}  // namespace bcr
