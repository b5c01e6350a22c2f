#pragma once

#include <map>
#include <memory>
#include <string>

#include "harness/train/batch.h"
#include "harness/train/label_set.h"

namespace at {
class Tensor;
}

namespace bcr {

class Model;
struct LoadedBatch;
struct TrainJob;

// Makes batches of loaded images: what is known of each row (labels, cameras, domains, old
// features) lies on the device as a table, and a batch takes its rows of them.
class BatchFiller {
 public:
  // `job` and `model` outlive the filler. `head_scale`: of the logits, as HeadScaleOf says. `maps`: whether
  // batches hold the backbone's maps.
  BatchFiller(const TrainJob& job, Model& model, double head_scale, bool maps);
  ~BatchFiller();
  void SetLabels(const LabelSet& labels);

  // Every slot but those that are derived after Transform. Takes the pixels over.
  void Fill(LoadedBatch& loaded, Batch& batch);
  // Shows the batch's objectives the earlier model with this index: kOldFeatures and (once derived)
  // kCompatible. Nothing happens without earlier models.
  void Show(size_t old_model, Batch& batch);
  // Keeps what Transform made of the slots of the earlier model that is shown.
  void Keep(const Batch& batch);
  // Compatible features for every earlier model, logits and the head.
  void Derive(Batch& batch);
  // What the classifier sees of `batch` where its images are mixed: another forward pass, of B images
  // of which image i is `images[i]`. Fills the slots that ObjectiveInfo::classifies promises to be
  // enough, with the batch's own labels.
  void FillMixed(const at::Tensor& images, const Batch& batch, Batch& mixed);

  // What is learned of the map to each earlier model's width, by the model's name; empty unless
  // job.widths is "project" (the map itself) or "orthogonal" (numbers that make a rotation).
  std::map<std::string, at::Tensor>& projections();
  // The map to this earlier model's width, d_o x d; undefined where nothing is learned.
  at::Tensor MapTo(const std::string& old_model) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bcr
