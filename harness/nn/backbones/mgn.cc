// Multiple granularities network (Wang et al., ACM Multimedia 2018, "Learning Discriminative Features
// with Multiple Granularities for Person Re-Identification") as fast-reid builds it, which AdaSP's
// public person configurations use. Stem, first two stages and the first block of the third are
// shared. Three branches go on from there, each with weights of its own: they end in maps of which
// the first is pooled whole, the second whole and in two stripes, the third whole and in three. A
// linear map without bias takes each of the eight pooled vectors (c values) to e values:
//
//   feature = [b1 | b2 | b3 | b21 b22 | b31 b32 b33],   8 e values, in the public code's order
//
// BNNeck behind it is one batch norm of 8 e channels, which is eight of e. `parts` are the eight
// vectors: each has its columns of the identity head for a classifier of its own. `branches` are the
// three whole ones, the two stripes of the second branch together, and the three of the third: what
// metric losses compare. A recipe asks for them (harness/train/recipe.h); the feature that is stored
// and compared with an earlier model's is the whole.
//
// All three branches keep the last stride at 1, as fast-reid does (the paper's first branch halves
// its map). Height is cut as torch.chunk does: 16 rows in three are 6, 6 and 4. Where that leaves no
// row for the last stripe (4 in three), stripes overlap as in adaptive pooling. One power of GeM
// serves all eight, where fast-reid learns one each. Its stem pools otherwise, as weights.h says.
#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/nn/backbones/residual.h"

namespace bcr {
namespace {

constexpr int kBranches = 3;

struct Part {
  const char* name;
  int branch, stripes, stripe;  // the branch's map cut into so many, and which one
};
constexpr Part kParts[] = {{"b1", 0, 1, 0},  {"b2", 1, 1, 0},  {"b3", 2, 1, 0},  {"b21", 1, 2, 0},
                           {"b22", 1, 2, 1}, {"b31", 2, 3, 0}, {"b32", 2, 3, 1}, {"b33", 2, 3, 2}};
constexpr int kPartCount = std::size(kParts);

struct Rows {
  int64_t begin, end;
};

// Of a stripe in a map of `height` rows.
Rows RowsOf(const Part& part, int64_t height) {
  const int64_t each = (height + part.stripes - 1) / part.stripes;
  if ((part.stripes - 1) * each < height)
    return {part.stripe * each, std::min((part.stripe + 1) * each, height)};
  const int64_t end = (part.stripe + 1) * height;
  return {part.stripe * height / part.stripes, (end + part.stripes - 1) / part.stripes};
}

struct MgnShape {
  ResidualShape residual;
  int shared_blocks;  // before the branches
  int embedding;      // e
};

class Mgn : public Backbone {
 public:
  Mgn(const MgnShape& shape, const LayerContext& context, const std::string& prefix)
      : width_(shape.residual.feature_width()) {
    shared_ = NewResidualPart(shape.residual, {0, shape.shared_blocks}, context, prefix);
    for (size_t b = 0; b < branches_.size(); ++b)
      branches_[b] = NewResidualPart(shape.residual, {shape.shared_blocks, shape.residual.blocks()},
                                     context, prefix + "b" + std::to_string(b + 1) + ".");
    const double deviation = std::sqrt(2.0 / static_cast<double>(width_));
    for (size_t i = 0; i < embeddings_.size(); ++i) {
      const std::string name = prefix + kParts[i].name + "_embedding.weight";
      embeddings_[i] = &context.tensors.Add(
          name, context.initialiser.Normal(name, {shape.embedding, width_}, deviation),
          TensorTable::Kind::kTrained);
    }
  }

  // The maps of the three branches, one behind the other in the channels.
  void Forward(const at::Tensor& images, const ForwardContext& context,
               at::Tensor* map) const override {
    at::Tensor shared;
    shared_->Forward(images, context, &shared);
    std::array<at::Tensor, kBranches> maps;
    for (size_t b = 0; b < maps.size(); ++b) branches_[b]->Forward(shared, context, &maps[b]);
    *map = at::cat(maps, 1);
  }

  void Pool(const at::Tensor& map, const Pooling& pool, at::Tensor* pooled) const override {
    std::array<at::Tensor, kPartCount> vectors;
    for (size_t i = 0; i < vectors.size(); ++i) {
      const Part& part = kParts[i];
      const at::Tensor whole = map.narrow(1, part.branch * width_, width_);
      const Rows rows = RowsOf(part, whole.size(2));
      vectors[i] = pool(whole.slice(2, rows.begin, rows.end));
    }
    *pooled = at::cat(vectors, 1);
  }

  void AfterPooling(const ForwardContext& /*context*/, at::Tensor* pooled) const override {
    std::array<at::Tensor, kPartCount> features;
    for (size_t i = 0; i < features.size(); ++i)
      features[i] =
          at::linear(pooled->narrow(1, static_cast<int64_t>(i) * width_, width_), *embeddings_[i]);
    *pooled = at::cat(features, 1);
  }

 private:
  int64_t width_;
  std::unique_ptr<Backbone> shared_;
  std::array<std::unique_ptr<Backbone>, kBranches> branches_;
  std::array<const at::Tensor*, kPartCount> embeddings_{};
};

BackboneInfo Describe(const std::string& name, int embedding) {
  BackboneInfo info;
  info.name = name;
  info.revision = 1;
  info.source = "Wang et al., ACM MM 2018, as in fast-reid; names of torchvision within branches";
  info.feature_width = kPartCount * embedding;
  const int e = embedding;
  for (int i = 0; i < kPartCount; ++i) info.parts.push_back({i * e, e});
  info.branches = {{0, e}, {e, e}, {2 * e, e}, {3 * e, 2 * e}, {5 * e, 3 * e}};
  info.weights = {"b1_embedding.weight", {"classifier.", "heads.", "head.", "neck.", "pool."}};
  return info;
}

}  // namespace

const BackboneInfo& backbone_mgn_resnet50() {
  static const BackboneInfo info = [] {
    constexpr int kEmbedding = 256, kShared = 3 + 4 + 1;
    BackboneInfo made = Describe("mgn_resnet50", kEmbedding);
    made.about = "MGN: three branches of ResNet-50, eight parts of 256, last stride 1";
    made.switches = {
        {"ibn", {"none", "a"}, "instance and batch normalisation (Pan et al., ECCV 2018)"}};
    made.make = [](const SwitchValues& values, const LayerContext& context,
                   const std::string& prefix) -> std::unique_ptr<Backbone> {
      MgnShape shape{.residual = {}, .shared_blocks = kShared, .embedding = kEmbedding};
      const bool ibn = values.at("ibn") == "a";
      shape.residual.bottleneck = true;
      shape.residual.stages = {
          {3, 64, 1, ibn}, {4, 128, 2, ibn}, {6, 256, 2, ibn}, {3, 512, 1, false}};
      return std::make_unique<Mgn>(shape, context, prefix);
    };
    return made;
  }();
  return info;
}

// Stripes for small images: the trunk is that of micro16.
const BackboneInfo& backbone_mgn_micro16() {
  static const BackboneInfo info = [] {
    constexpr int kEmbedding = 16, kShared = 2 + 2 + 1;
    BackboneInfo made = Describe("mgn_micro16", kEmbedding);
    made.about = "MGN on the trunk of micro16, eight parts of 16; for small images and CPUs";
    made.make = [](const SwitchValues&, const LayerContext& context,
                   const std::string& prefix) -> std::unique_ptr<Backbone> {
      MgnShape shape{.residual = {}, .shared_blocks = kShared, .embedding = kEmbedding};
      shape.residual.stem_width = 16;
      shape.residual.stem_kernel = 3;
      shape.residual.stem_pool = false;
      shape.residual.stages = {{2, 16, 1}, {2, 32, 2}, {2, 64, 2}};
      shape.residual.last_width = 128;
      return std::make_unique<Mgn>(shape, context, prefix);
    };
    return made;
  }();
  return info;
}

}  // namespace bcr
