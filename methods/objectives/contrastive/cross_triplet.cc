// Triplets across models: a new feature shall be nearer to the old feature of its image than to old
// features of other identities, by a margin.
//   L = mean over i and k in N_i of [|n_i - o_i| - |n_i - o_k| + margin]_+
// n: new features in the old width, B x d_o; o: old features, without gradient; `rows` unit:
// normalised, or raw: as they are; N_i: the `negatives` nearest old features of other identities
// (0: all of them). Label -1 takes no part on either side. Defaults: margin 0.8, negatives 10, rows
// unit, as OpenCompatible's "triplet" (read in its model/loss.py and config.json; where an identity
// has fewer negatives its mean also counts the missing ones, as zeros). openBCT's "triplet" (read in
// its main.py) is margin 1, negatives 1, rows raw.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/pairs.h"

namespace bcr {

namespace {

struct CrossTripletOptions {
  double margin = 0.8;
  int64_t negatives = 10;
  bool unit = true;
};

class CrossTriplet : public Objective {
 public:
  explicit CrossTriplet(CrossTripletOptions options) : options_(options) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const auto [fresh, old] = NewAndOld(batch, options_.unit);
    const at::Tensor d = Distances(fresh, old);
    terms.Add("margin", MarginLoss(d.diagonal(), d, OtherIdentity(batch), options_.negatives,
                                   options_.margin));
  }

 private:
  CrossTripletOptions options_;
};

}  // namespace

const ObjectiveInfo& objective_cross_triplet() {
  static const ObjectiveInfo info = {
      .name = "cross-triplet",
      .revision = 1,
      .about = "New features nearer to their own old feature than to others, by a margin",
      .source = "OpenCompatible's code, and openBCT's with other parameters",
      .needs_old_model = true,
      .parameters = R"({"margin": 0.8, "negatives": 10, "rows": "unit"})",
      .gradient_checks = R"([{"negatives": 3}, {"margin": 1.0, "negatives": 1, "rows": "raw"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        CrossTripletOptions options;
        options.margin = reader.Number("margin", 0.0, 1000.0);
        options.negatives = reader.Integer("negatives", 0, 1'000'000);
        options.unit = reader.Choice("rows", {"unit", "raw"}) == "unit";
        return std::make_unique<CrossTriplet>(options);
      }};
  return info;
}

}  // namespace bcr
