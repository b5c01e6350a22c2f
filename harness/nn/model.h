#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/nn/backbone_info.h"  // BackboneWidth and what else a spec's backbone needs
#include "harness/nn/image_domains.h"

namespace at {
class Tensor;
}

namespace bcr {

// Everything that decides a network's shape. Stored beside its weights.
struct ModelSpec {
  std::string backbone = "micro16";  // a reference, name[,key=value...] (backbone_info.h)
  // gem (p = 3, trained) or avg; of a backbone with a class token either means token, as it is
  // called in a model's own spec.
  std::string pooling = "gem";
  int height = 64, width = 32;  // input pixels, 16 to 4096
  std::string resize = "area";  // how images come to that size (harness/data/resize.h)
  int64_t classes = 0;          // identities of the head; 0: no head
  int embedding = 0;            // outputs of a linear layer behind pooling; 0: no such layer
  // plain | domain | rectified: how batches are normalised, in the backbone and in the neck (norm.h).
  std::string norm = "plain";
  // none | mdif: what stands between pooling (and embedding) and the neck (domain_fusion.h).
  std::string fusion = "none";
  // The data sets that a network with parts for each of them was made for, by the hash of their
  // lists. Images of any other one are treated as those of the last. Empty: it has no such parts.
  std::vector<std::string> domains;

  // d, what neck and losses see. Throws as ChooseBackbone does.
  int FeatureWidth() const { return embedding > 0 ? embedding : BackboneWidth(backbone); }
  bool KnowsDomains() const { return norm != "plain" || fusion != "none"; }
  // The place of a data set in `domains`: the last one of that name, or else the last of all.
  // REQUIRES: KnowsDomains().
  int64_t DomainOf(const std::string& data_hash) const;
};

// Backbone + pooling (+ the backbone's layers behind pooling) (+ embedding, a linear layer without
// bias) (+ fusion of domains, which before_neck is before) + BNNeck (BatchNorm1d whose shift is
// frozen at 0; Luo et al. 2019, "Bag of Tricks") + linear head without bias. Channels-last inside,
// float32, on the device it was moved to. Not thread-safe.
class Model {
 public:
  // Weights drawn from `seed` alone (never from a global generator), one stream per parameter name:
  // same seed, same bytes, whatever the head. Throws kConfig for a spec it cannot build.
  static std::unique_ptr<Model> Make(const ModelSpec& spec, uint64_t seed);
  // The same with convolutions and head all 0, for weights that are read next (LoadState): drawing
  // those of a large network takes longer than reading them.
  static std::unique_ptr<Model> MakeBlank(const ModelSpec& spec);
  virtual ~Model() = default;

  virtual const ModelSpec& spec() const = 0;  // backbone and pooling in their canonical spelling
  virtual int feature_width() const = 0;      // d, as spec().FeatureWidth()
  // images B x 3 x H x W, normalised, on any device. before_neck, after_neck: B x d. logits: B x
  // classes, or undefined without a head. An output may be null: it is then not computed. Training
  // needs B >= 2 (batch statistics), and 2 images of each domain that is in the batch. `maps`: where
  // not null, gets the inner map and the last one (BackboneInfo::map_widths, which must not be empty).
  virtual void Forward(const at::Tensor& images, at::Tensor* before_neck, at::Tensor* after_neck,
                       at::Tensor* logits, const ImageDomains& domains = {},
                       std::vector<at::Tensor>* maps = nullptr) = 0;
  virtual at::Tensor head_weight() const = 0;  // classes x d, undefined without a head
  // Replaces the head by a newly drawn one. Parameters() and State() change: fetch them again.
  virtual void ResetHead(int64_t classes, uint64_t seed) = 0;
  virtual std::vector<at::Tensor> Parameters() = 0;  // trainable, fixed order
  virtual std::map<std::string, at::Tensor>
  State() = 0;                                  // parameters and buffers by name; shares storage
  virtual void SetTraining(bool training) = 0;  // a new model is in evaluation mode
  virtual bool training() const = 0;
  // A frozen backbone gets no gradient, and while training it normalises by its running statistics,
  // which stay as they are (fast-reid's freezing). Pooling, embedding, neck and head are not frozen.
  virtual void FreezeBackbone(bool frozen) = 0;
  // While training, batch normalisation takes its statistics from so many images at a time, in the order
  // of the batch; the last of these ghost batches has the images that are left. 0 (a new model) or more
  // images than there are: from the whole batch. Running statistics follow the first ghost batch alone,
  // as those of PyTorch's DataParallel follow its first device: 64 of a batch of 256 act like 4 devices.
  // Hoffer et al., "Train longer, generalize better", NeurIPS 2017. REQUIRES: 0 or 2 and more.
  virtual void SetGhostBatch(int images) = 0;
  virtual void MoveTo(const std::string& device) = 0;  // "cpu", "cuda", "cuda:1"
  virtual std::string device() const = 0;
  // Arithmetic of Forward inside the backbone (precision.h): "fp32" (the default) or "bf16".
  // Outputs are float32 either way.
  virtual void SetPrecision(const std::string& precision) = 0;
};

}  // namespace bcr
