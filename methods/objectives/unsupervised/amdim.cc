// AMDIM: the feature of one view of an image is to say what the places of another view's maps look like,
// among the places of all other images' views.
//   f      feature (B x d) of `side`
//   m, n   the backbone's last map and that of an inner stage, as vectors of their places
//   1 = V_1 f,  5 = V_5 m,  7 = V_7 n   vectors of `width` numbers; V_1, V_5, V_7 are learned beside the
//          model, without bias, drawn with deviation 1 / sqrt(columns), and not stored with it
//   L      (1 -> 5) + (1 -> 7) + (5 -> 5), each the mean of the losses of ComputeLocalNce from view a to b
//          and from b to a. In 5 -> 5 the source is one place of each image, drawn anew in each epoch
//   R      `regulariser` times the mean square of the raw scores, summed over the six directions with
//          weight 1/2
// Views of one image are the images of one label: two of each label, the first ones by row, take part
// (label source each-image with sampler two-views makes them copies of one image). Label -1 and labels of
// one image take no part.
// Defaults: width 128, clip 20 (the public command line; its class says 10), regulariser 0.05, side
// before-neck; the base `amdim` has after-neck, as the public encoder ends in batch normalisation.
// Bachman, Hjelm, Buchwalter, "Learning Representations by Maximizing Mutual Information Across Views",
// arXiv:1906.00910, loss and weights as in their code. Adaptations: their encoder is one of its own, whose
// maps are 5 x 5 and 7 x 7 with small receptive fields; here the maps are those of any backbone that shows
// two, of the sizes that these have, and places see much of the image. Their layers to 1536 common
// channels are learned maps of one hidden layer; here they are linear. Optimiser and schedule are the
// profile's.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/train/objective.h"
#include "harness/train/upload.h"
#include "methods/support/class_vectors.h"
#include "methods/support/feature_side.h"
#include "methods/support/local_nce.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

struct AmdimOptions {
  int64_t width = 128;
  double clip = 20, regulariser = 0.05;
  Slot side = Slot::kBeforeNeck;
};

using Places = std::vector<int64_t>;  // of a batch

// Of each label with two images or more the places of the first two, by row and then by place.
std::pair<Places, Places> PairViews(const Batch& batch) {
  std::vector<std::tuple<int64_t, int64_t, int64_t>> order;  // label, row, place
  for (size_t i = 0; i < batch.labels.size(); ++i) {
    if (batch.labels[i] >= 0)
      order.emplace_back(batch.labels[i], batch.rows[i], static_cast<int64_t>(i));
  }
  std::sort(order.begin(), order.end());
  std::pair<Places, Places> views;
  for (size_t i = 0; i + 1 < order.size(); ++i) {
    const int64_t label = std::get<0>(order[i]);
    const bool first = i == 0 || std::get<0>(order[i - 1]) != label;
    if (!first || std::get<0>(order[i + 1]) != label) continue;
    views.first.push_back(std::get<2>(order[i]));
    views.second.push_back(std::get<2>(order[i + 1]));
  }
  return views;
}

// n x channels x h x w to n x (h w) x channels.
at::Tensor PlacesOf(const at::Tensor& map) { return LossType(map).flatten(2).transpose(1, 2); }

// One view of each of n images: n x r, n x L x r and n x L' x r.
struct View {
  at::Tensor global, last, inner;
  at::Tensor cell;  // n x r: one place of `last`
};

class Amdim : public Objective {
 public:
  explicit Amdim(const AmdimOptions& options) : options_(options) {}

  void Prepare(const TrainingSet& set) override {
    BCR_CHECK(set.map_widths.size() == 2, "the batches hold no maps");
    device_ = set.device;
    seed_ = DeriveSeed(set.seed, "amdim");
    const int widths[] = {set.feature_width, set.map_widths[1], set.map_widths[0]};
    for (size_t i = 0; i < std::size(widths); ++i) {
      const double deviation = 1 / std::sqrt(static_cast<double>(widths[i]));
      maps_[i] =
          DrawClassVectors(options_.width, widths[i], deviation, DeriveSeed(seed_, i), device_);
    }
  }

  std::vector<at::Tensor> Parameters() override { return {maps_[0], maps_[1], maps_[2]}; }

  void Compute(const Batch& batch, Terms& terms) override {
    const auto [first, second] = PairViews(batch);
    const at::Tensor features = LossType(batch[options_.side]);
    if (first.empty()) return terms.Add("global_to_map", features.sum() * 0.0);
    const View a = Look(batch, features, first, 0), b = Look(batch, features, second, 1);
    at::Tensor squares;
    const auto add = [&](const char* name, const auto& from, const auto& to) {
      at::Tensor loss[2], square[2];
      ComputeLocalNce(from(a), to(b), options_.clip, &loss[0], &square[0]);
      ComputeLocalNce(from(b), to(a), options_.clip, &loss[1], &square[1]);
      terms.Add(name, (loss[0] + loss[1]) / 2);
      const at::Tensor both = (square[0] + square[1]) / 2;
      squares = squares.defined() ? squares + both : both;
    };
    const auto global = [](const View& view) { return view.global; };
    const auto cell = [](const View& view) { return view.cell; };
    const auto last = [](const View& view) { return view.last; };
    const auto inner = [](const View& view) { return view.inner; };
    add("global_to_map", global, last);
    add("global_to_inner", global, inner);
    add("map_to_map", cell, last);
    terms.Add("regulariser", squares * options_.regulariser);
  }

 private:
  at::Tensor Common(const at::Tensor& vectors, size_t map) const {
    return at::linear(vectors, maps_[map].to(vectors.scalar_type()));
  }

  View Look(const Batch& batch, const at::Tensor& features, const Places& places,
            uint64_t number) const {
    const at::Tensor rows = Upload(places, device_);
    View view;
    view.global = Common(features.index_select(0, rows), 0);
    view.last = Common(PlacesOf(batch[Slot::kMap].index_select(0, rows)), 1);
    view.inner = Common(PlacesOf(batch[Slot::kInnerMap].index_select(0, rows)), 2);
    const int64_t cells = view.last.size(1);
    const uint64_t epoch = DeriveSeed(seed_, static_cast<uint64_t>(batch.epoch) * 2 + number);
    std::vector<int64_t> drawn;  // in n * L places
    for (size_t i = 0; i < places.size(); ++i) {
      const auto row = static_cast<uint64_t>(batch.rows[static_cast<size_t>(places[i])]);
      const auto cell = static_cast<int64_t>(Random(DeriveSeed(epoch, row)).Below(cells));
      drawn.push_back(static_cast<int64_t>(i) * cells + cell);
    }
    view.cell = view.last.flatten(0, 1).index_select(0, Upload(std::move(drawn), device_));
    return view;
  }

  AmdimOptions options_;
  uint64_t seed_ = 0;
  std::string device_ = "cpu";
  at::Tensor maps_[3];  // V_1, V_5, V_7
};

}  // namespace

const ObjectiveInfo& objective_amdim() {
  static const ObjectiveInfo info = {
      .name = "amdim",
      .revision = 1,
      .about =
          "A view's feature finds the places of another view's maps among those of other images",
      .source = "Bachman et al., arXiv:1906.00910, as in their code; another encoder",
      .parameters = R"({"width": 128, "clip": 20.0, "regulariser": 0.05, "side": "before-neck"})",
      .gradient_checks = R"([{"width": 4}, {"width": 3, "clip": 2.0, "side": "after-neck"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        AmdimOptions options;
        options.width = reader.Integer("width", 1, 65536);
        options.clip = reader.Number("clip", 0.01, 1e4);
        options.regulariser = reader.Number("regulariser", 0.0, 1e4);
        options.side = ReadSide(reader);
        return std::make_unique<Amdim>(options);
      },
      .reads_maps = true};
  return info;
}

}  // namespace bcr
