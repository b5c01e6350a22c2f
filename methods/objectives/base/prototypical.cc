// Episodes of N people by K images inside a batch of P people by more images: each query is to find its
// person among the prototypes of its episode.
//   c_k   mean of the K support features of person k
//   z_qk  -|f_q - c_k|^2 / T          `distance` euclidean: features as they are
//         <f^_q, c^_k> / T            `distance` cosine: unit rows, their mean made unit again
//   L     mean over all queries of -log softmax(z_q)[own person]
// The K support images are drawn anew in each epoch, all others of the person are queries; a person with K
// images or fewer in the batch takes no part. `ways` 0: the whole batch is one episode; otherwise it is
// cut into episodes of so many people, drawn anew in each epoch, and people left over wait. Label -1 takes
// no part. Logs `accuracy`, the share of queries that are nearest to their own prototype.
// Snell, Swersky, Zemel, "Prototypical Networks for Few-shot Learning", NeurIPS 2017; episodes of Chen et
// al., arXiv:1911.06045, whose code has 15 queries a person, T 1 (128 in its published command, for
// features of 1536 numbers) and features before any normalisation. Adaptation: episodes are those that a
// P x K batch holds.
#include <ATen/ATen.h>

#include "harness/core/random.h"
#include "harness/train/objective.h"
#include "harness/train/upload.h"
#include "methods/support/episodes.h"
#include "methods/support/feature_side.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

struct PrototypicalOptions {
  int64_t ways = 5, shots = 1;
  double temperature = 1;
  bool cosine = false;
  Slot side = Slot::kBeforeNeck;
};

class Prototypical : public Objective {
 public:
  explicit Prototypical(const PrototypicalOptions& options) : options_(options) {}

  void Prepare(const TrainingSet& set) override {
    device_ = set.device;
    seed_ = DeriveSeed(set.seed, "prototypical");
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor& features = batch[options_.side];
    const uint64_t seed = DeriveSeed(seed_, static_cast<uint64_t>(batch.epoch));
    const Episodes episodes = DrawEpisodes(batch, options_.ways, options_.shots, seed);
    if (episodes.queries.empty()) return terms.Add("episode", LossType(features).sum() * 0.0);
    const at::Tensor logits =
        PrototypeLogits(features, episodes, options_.cosine, options_.temperature, device_);
    const at::Tensor targets = Upload(episodes.targets, device_);
    terms.Add("episode", CrossEntropy(logits, targets).mean());
    terms.Log("accuracy", logits.argmax(1).eq(targets).to(at::kFloat).mean());
  }

 private:
  PrototypicalOptions options_;
  uint64_t seed_ = 0;
  std::string device_ = "cpu";
};

}  // namespace

const ObjectiveInfo& objective_prototypical() {
  static const ObjectiveInfo info = {
      .name = "prototypical",
      .revision = 1,
      .about = "Episodes inside a batch: queries find their person's mean feature",
      .source = "Snell et al., NeurIPS 2017; episodes of Chen et al., arXiv:1911.06045",
      .parameters = R"({"ways": 5, "shots": 1, "temperature": 1.0, "distance": "euclidean",
                        "side": "before-neck"})",
      .gradient_checks = R"([{}, {"ways": 2, "shots": 2, "temperature": 3.0},
                             {"ways": 0, "temperature": 0.2, "distance": "cosine", "side": "after-neck"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        PrototypicalOptions options;
        options.ways = reader.Integer("ways", 0, 100000);
        options.shots = reader.Integer("shots", 1, 1000);
        options.temperature = reader.Number("temperature", 1e-4, 1e6);
        options.cosine = reader.Choice("distance", {"euclidean", "cosine"}) == "cosine";
        options.side = ReadSide(reader);
        return std::make_unique<Prototypical>(options);
      }};
  return info;
}

}  // namespace bcr
