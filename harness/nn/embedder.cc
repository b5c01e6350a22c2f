#include "harness/nn/embedder.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "harness/core/interrupt.h"
#include "harness/core/progress.h"
#include "harness/data/loader.h"
#include "harness/nn/extractor.h"
#include "harness/nn/torch_edge.h"

namespace bcr {
namespace {

// Evaluation mode for a scope.
class EvaluationMode {
 public:
  explicit EvaluationMode(Model& model) : model_(model), training_(model.training()) {
    model_.SetTraining(false);
  }
  ~EvaluationMode() { model_.SetTraining(training_); }
  EvaluationMode(const EvaluationMode&) = delete;
  EvaluationMode& operator=(const EvaluationMode&) = delete;

 private:
  Model& model_;
  bool training_;
};

class ModelExtractor : public Extractor {
 public:
  ModelExtractor(std::shared_ptr<Model> model, FeatureSide side)
      : model_(std::move(model)), side_(side) {}
  int height() const override { return model_->spec().height; }
  int width() const override { return model_->spec().width; }
  const std::string& resize() const override { return model_->spec().resize; }
  int feature_width() const override { return model_->feature_width(); }
  ImageDomains DomainsOf(const std::string& data_hash) const override {
    const ModelSpec& spec = model_->spec();
    return spec.KnowsDomains() ? ImageDomains{spec.DomainOf(data_hash)} : ImageDomains();
  }
  void Features(const at::Tensor& images, at::Tensor* features) override {
    FeaturesOf(images, {}, features);
  }
  void FeaturesOf(const at::Tensor& images, const ImageDomains& domains,
                  at::Tensor* features) override {
    const bool after = side_ == FeatureSide::kAfterNeck;
    model_->Forward(images, after ? nullptr : features, after ? features : nullptr, nullptr,
                    domains);
  }

 private:
  std::shared_ptr<Model> model_;
  FeatureSide side_;
};

void CheckOptions(const Extractor& model, const ImageStore& images, const EmbedOptions& options) {
  const auto size = [](int height, int width) {
    return std::to_string(height) + "x" + std::to_string(width);
  };
  if (images.height() != model.height() || images.width() != model.width())
    throw Error(ErrorCode::kConfig,
                {options.title, "images packed at " + size(images.height(), images.width()),
                 size(model.height(), model.width()) + ", the model's size",
                 "Pack the images at the model's size."});
  if (options.batch_size < 1)
    throw Error(ErrorCode::kConfig,
                {options.title, "batch size " + std::to_string(options.batch_size), "1 or more",
                 "The default is 128."});
}

void CheckFinite(const FloatMatrix& features, const std::vector<int64_t>& rows,
                 const ImageStore& images, const EmbedOptions& options) {
  for (const int64_t row : rows) {
    const float* values = features.row(static_cast<size_t>(row));
    if (std::all_of(values, values + features.cols(), [](float v) { return std::isfinite(v); }))
      continue;
    throw Error(
        ErrorCode::kTraining,
        {options.title,
         "a feature that is not finite for image " + images.images()[static_cast<size_t>(row)].name,
         "finite features", "The weights have diverged: train anew with a lower rate."});
  }
}

class Extraction {
 public:
  Extraction(Extractor& model, const ImageStore& images, const EmbedOptions& options)
      : model_(model),
        images_(images),
        options_(options),
        features_(images.size(), static_cast<size_t>(model.feature_width())) {}

  // Adds the features of all images (mirrored or not) to their rows.
  void Pass(bool flip, Progress& progress) {
    const auto loader = NewExtractionLoader(images_, options_.batch_size, flip, options_.workers);
    LoadedBatch batch;
    while (loader->Next(batch)) {
      ThrowIfInterrupted();
      AddBatch(batch);
      done_ += static_cast<int64_t>(batch.rows.size());
      progress.Update(done_);
    }
  }

  FloatMatrix Take() { return std::move(features_); }

 private:
  void AddBatch(LoadedBatch& batch) {
    const auto count = static_cast<int64_t>(batch.rows.size());
    const at::Tensor pixels =
        at::from_blob(batch.pixels.data(), {count, 3, model_.height(), model_.width()});
    at::Tensor out;
    model_.FeaturesOf(pixels, DomainsOf(batch.rows), &out);
    out = out.to(at::kCPU).contiguous();
    const float* source = out.const_data_ptr<float>();
    for (const int64_t row : batch.rows) {
      float* target = features_.row(static_cast<size_t>(row));
      for (size_t j = 0; j < features_.cols(); ++j) target[j] += source[j];
      source += features_.cols();
    }
    CheckFinite(features_, batch.rows, images_, options_);
  }

  ImageDomains DomainsOf(const std::vector<int64_t>& rows) const {
    ImageDomains domains = options_.domains;
    if (domains.size() <= 1) return domains;
    domains.clear();
    for (const int64_t row : rows) domains.push_back(options_.domains[static_cast<size_t>(row)]);
    return domains;
  }

  Extractor& model_;
  const ImageStore& images_;
  const EmbedOptions& options_;
  FloatMatrix features_;
  int64_t done_ = 0;
};

}  // namespace

std::unique_ptr<Extractor> NewModelExtractor(std::shared_ptr<Model> model, FeatureSide side) {
  return std::make_unique<ModelExtractor>(std::move(model), side);
}

FloatMatrix Embed(Extractor& extractor, const ImageStore& images, const EmbedOptions& options) {
  CheckOptions(extractor, images, options);
  FloatMatrix features;
  TranslateTorch(
      [&] {
        const c10::InferenceMode inference;
        const int64_t passes = options.flip ? 2 : 1;
        Progress progress(options.title, passes * static_cast<int64_t>(images.size()), "images",
                          options.quiet);
        Extraction extraction(extractor, images, options);
        for (int64_t pass = 0; pass < passes; ++pass) extraction.Pass(pass == 1, progress);
        features = extraction.Take();
      },
      options.title);
  return features;
}

FloatMatrix Embed(Model& model, const ImageStore& images, const EmbedOptions& options) {
  const EvaluationMode evaluation(model);
  const std::shared_ptr<Model> borrowed(&model, [](Model*) {});
  return Embed(*NewModelExtractor(borrowed, options.side), images, options);
}

}  // namespace bcr
