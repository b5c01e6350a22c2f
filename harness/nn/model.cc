#include "harness/nn/model.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "harness/data/resize.h"
#include "harness/nn/backbone.h"
#include "harness/nn/domain_fusion.h"
#include "harness/nn/domain_order.h"
#include "harness/nn/pooling.h"
#include "harness/nn/precision.h"
#include "harness/nn/torch_edge.h"

namespace bcr {
namespace {

constexpr char kBackbone[] = "backbone.";
constexpr char kHead[] = "head.weight";
constexpr char kEmbedding[] = "embedding.weight";
constexpr double kHeadDeviation = 0.001;
constexpr int kMaxEmbedding = 65536;
constexpr double kGemStart = 3.0;
constexpr int kMinSide = 16, kMaxSide = 4096;

at::Tensor NewHead(int64_t classes, int64_t width, const Initialiser& initialiser) {
  return initialiser.Normal(kHead, {classes, width}, kHeadDeviation);
}

void CheckClasses(int64_t classes) {
  if (classes < 0)
    throw Error(ErrorCode::kConfig, {"model: classes", std::to_string(classes), "0 or more",
                                     "0 builds a model without a head."});
}

void CheckPooling(const ModelSpec& spec, const BackboneInfo& backbone) {
  if (spec.pooling == "gem" || spec.pooling == "avg") return;
  if (spec.pooling == "token" && backbone.class_token) return;
  throw Error(ErrorCode::kConfig,
              {"model: pooling", "`" + spec.pooling + "`",
               backbone.class_token ? "token, gem or avg" : "gem or avg", "The default is gem."});
}

void CheckSpec(const ModelSpec& spec, const BackboneInfo& backbone) {
  CheckPooling(spec, backbone);
  for (const int side : {spec.height, spec.width})
    if (side < kMinSide || side > kMaxSide)
      throw Error(
          ErrorCode::kConfig,
          {"model: image size", std::to_string(spec.height) + "x" + std::to_string(spec.width),
           "sides from " + std::to_string(kMinSide) + " to " + std::to_string(kMaxSide),
           "Person images are usually 256x128 or 64x32 (height x width)."});
  CheckResize(spec.resize, "model: resize");
  CheckClasses(spec.classes);
  if (spec.embedding < 0 || spec.embedding > kMaxEmbedding)
    throw Error(ErrorCode::kConfig, {"model: embedding", std::to_string(spec.embedding),
                                     "0 to " + std::to_string(kMaxEmbedding),
                                     "0 builds a model whose features are the backbone's."});
}

NormChoice NormOf(const ModelSpec& spec) {
  return {ParseNorm(spec.norm), static_cast<int64_t>(spec.domains.size())};
}

void CheckDomains(const ModelSpec& spec) {
  ParseNorm(spec.norm);
  if (spec.fusion != "none" && spec.fusion != "mdif")
    throw Error(ErrorCode::kConfig,
                {"model: fusion", "`" + spec.fusion + "`", "none or mdif", "The default is none."});
  if (spec.KnowsDomains() != spec.domains.empty()) return;
  throw Error(ErrorCode::kConfig,
              {"model: norm " + spec.norm + ", fusion " + spec.fusion,
               std::to_string(spec.domains.size()) + " domains",
               spec.KnowsDomains() ? "at least one" : "none: it has no parts for them", ""});
}

// Batch normalisation of vectors has no statistics of one.
void CheckRuns(const std::vector<DomainRun>& runs) {
  for (const DomainRun& run : runs) {
    if (run.count > 1) continue;
    throw Error(ErrorCode::kTraining,
                {"training batch", "one image of domain " + std::to_string(run.domain),
                 "none, or 2 or more of each domain",
                 "Each domain is normalised for itself: take more images of an identity."});
  }
}

// Keeps the length of a feature whose values are drawn independently.
at::Tensor NewEmbedding(int64_t outputs, int64_t inputs, const Initialiser& initialiser) {
  return initialiser.Normal(kEmbedding, {outputs, inputs},
                            1.0 / std::sqrt(static_cast<double>(outputs)));
}

class ReidModel : public Model {
 public:
  ReidModel(const ModelSpec& spec, const BackboneChoice& backbone, const Initialiser& initialiser)
      : spec_(spec), width_(spec.embedding > 0 ? spec.embedding : backbone.info->feature_width) {
    spec_.backbone = backbone.Text();
    if (backbone.info->class_token) spec_.pooling = "token";
    const LayerContext context{tensors_, initialiser, NormOf(spec)};
    backbone_ = backbone.info->make(backbone.values, context, kBackbone);
    if (spec_.pooling == "gem")
      p_ = &tensors_.Add("pool.p", at::full({1}, kGemStart), TensorTable::Kind::kTrained);
    if (spec.embedding > 0)
      embedding_ = &tensors_.Add(
          kEmbedding, NewEmbedding(spec.embedding, backbone.info->feature_width, initialiser),
          TensorTable::Kind::kTrained);
    if (spec.fusion == "mdif")
      fusion_ = DomainFusion(context, "fusion", width_, static_cast<int64_t>(spec.domains.size()));
    neck_ = BatchNorm(context, "neck", width_, {.shift = false, .gate = false});
    SetHead(spec.classes, initialiser);
  }

  const ModelSpec& spec() const override { return spec_; }
  int feature_width() const override { return width_; }

  void Forward(const at::Tensor& images, at::Tensor* before_neck, at::Tensor* after_neck,
               at::Tensor* logits, const ImageDomains& domains,
               std::vector<at::Tensor>* maps) override {
    TranslateTorch(
        [&] {
          CheckImages(images);
          const DomainOrder order(domains, images.size(0),
                                  static_cast<int64_t>(spec_.domains.size()));
          if (training_) CheckRuns(order.runs());
          at::Tensor inner;
          const ForwardContext context{training_ && !frozen_, order.runs(),
                                       maps == nullptr ? nullptr : &inner, ghost_batch_};
          at::Tensor last;
          at::Tensor x = Pooled(order.Sorted(images), context, &last);
          if (maps != nullptr) {
            BCR_CHECK(inner.defined(), "the backbone shows no inner map");
            *maps = {order.Restored(inner.to(at::kFloat)), order.Restored(last)};
          }
          if (before_neck) *before_neck = order.Restored(x);
          if (!after_neck && !logits) return;
          const ForwardContext behind{training_, order.runs(), nullptr, ghost_batch_};
          if (fusion_.made()) fusion_.Forward(behind, &x);
          neck_.Forward(behind, &x);
          x = order.Restored(x);
          if (after_neck) *after_neck = x;
          if (logits) *logits = head_ ? at::linear(x, *head_) : at::Tensor();
        },
        "model " + spec_.backbone);
  }

  at::Tensor head_weight() const override { return head_ ? *head_ : at::Tensor(); }

  void ResetHead(int64_t classes, uint64_t seed) override {
    TranslateTorch(
        [&] {
          SetHead(classes, Initialiser(seed));
          tensors_.MoveTo(device_);
        },
        "model head");
  }

  std::vector<at::Tensor> Parameters() override { return tensors_.Trained(); }
  std::map<std::string, at::Tensor> State() override { return tensors_.All(); }
  void SetTraining(bool training) override { training_ = training; }
  bool training() const override { return training_; }
  void FreezeBackbone(bool frozen) override {
    frozen_ = frozen;
    tensors_.LetLearn(kBackbone, !frozen);
  }

  void SetGhostBatch(int images) override {
    BCR_CHECK(images == 0 || images >= 2, "a ghost batch of one image");
    ghost_batch_ = images;
  }

  void MoveTo(const std::string& device) override {
    TranslateTorch([&] { tensors_.MoveTo(device); }, "moving the model to " + device);
    device_ = device;
  }
  std::string device() const override { return device_; }
  void SetPrecision(const std::string& precision) override {
    CheckPrecision(precision);
    precision_ = precision;
    if (precision_ == "bf16") StoreChannelsLast();
  }

 private:
  void CheckImages(const at::Tensor& images) const {
    const bool fits = images.dim() == 4 && images.size(1) == 3 && images.size(2) == spec_.height &&
                      images.size(3) == spec_.width;
    BCR_CHECK(fits, "images are not B x 3 x height x width of the model");
    if (training_ && images.size(0) < 2)
      throw Error(ErrorCode::kTraining,
                  {"training batch", std::to_string(images.size(0)) + " image(s)", "2 or more",
                   "Batch normalisation has no statistics of one image: use larger batches."});
  }

  at::Tensor Pooled(const at::Tensor& images, const ForwardContext& context,
                    at::Tensor* last) const {
    at::Tensor map;
    {
      const PrecisionScope scope(device_, precision_);
      // Asked first: a trace of this pass (torchscript_file.h) must not name a device.
      const at::Device device(device_);
      const at::Tensor here = images.device() == device ? images : images.to(device);
      backbone_->Forward(here.contiguous(at::MemoryFormat::ChannelsLast), context, &map);
    }
    map = map.to(at::kFloat);
    *last = map;
    // A token is the mean of itself.
    const Pooling pool = [this](const at::Tensor& region) {
      return p_ ? GemPool(region, *p_) : AveragePool(region);
    };
    at::Tensor pooled;
    backbone_->Pool(map, pool, &pooled);
    backbone_->AfterPooling(context, &pooled);
    return embedding_ ? at::linear(pooled, *embedding_) : pooled;
  }

  // bfloat16 convolutions copy weights of another layout than the images' in every pass, forward and
  // backward. Values stay, and so do the tensors that optimisers hold.
  void StoreChannelsLast() {
    const c10::NoGradGuard no_grad;
    for (const at::Tensor& tensor : tensors_.Trained()) {
      if (tensor.dim() == 4) tensor.set_data(tensor.contiguous(at::MemoryFormat::ChannelsLast));
    }
  }

  void SetHead(int64_t classes, const Initialiser& initialiser) {
    CheckClasses(classes);
    tensors_.Remove(kHead);
    head_ = classes > 0 ? &tensors_.Add(kHead, NewHead(classes, width_, initialiser),
                                        TensorTable::Kind::kTrained)
                        : nullptr;
    spec_.classes = classes;
  }

  ModelSpec spec_;
  int width_;
  TensorTable tensors_;
  std::unique_ptr<Backbone> backbone_;
  const at::Tensor* p_ = nullptr;
  const at::Tensor* embedding_ = nullptr;
  DomainFusion fusion_;
  BatchNorm neck_;
  const at::Tensor* head_ = nullptr;
  bool training_ = false, frozen_ = false;
  int ghost_batch_ = 0;
  std::string device_ = "cpu";
  std::string precision_ = "fp32";
};

}  // namespace

int64_t ModelSpec::DomainOf(const std::string& data_hash) const {
  const auto found = std::find(domains.rbegin(), domains.rend(), data_hash);
  const auto behind = found == domains.rend() ? 0 : found - domains.rbegin();
  return static_cast<int64_t>(domains.size()) - 1 - behind;
}

void Backbone::Pool(const at::Tensor& map, const Pooling& pool, at::Tensor* pooled) const {
  *pooled = pool(map);
}

std::unique_ptr<Model> MakeModel(const ModelSpec& spec, const BackboneChoice& backbone,
                                 const Initialiser& initialiser) {
  CheckSpec(spec, *backbone.info);
  CheckDomains(spec);
  std::unique_ptr<Model> model;
  TranslateTorch([&] { model = std::make_unique<ReidModel>(spec, backbone, initialiser); },
                 "building " + spec.backbone);
  return model;
}

std::unique_ptr<Model> Model::Make(const ModelSpec& spec, uint64_t seed) {
  return MakeModel(spec, ChooseBackbone(spec.backbone), Initialiser(seed));
}

std::unique_ptr<Model> Model::MakeBlank(const ModelSpec& spec) {
  return MakeModel(spec, ChooseBackbone(spec.backbone), Initialiser::Zeros());
}

}  // namespace bcr
