#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/data/image_store.h"
#include "harness/nn/embedder.h"
#include "harness/nn/model.h"
#include "harness/train/added_images.h"
#include "harness/train/augmenter.h"
#include "harness/train/best_epoch.h"
#include "harness/train/label_source.h"
#include "harness/train/objective.h"
#include "harness/train/recipe.h"
#include "harness/train/schedule.h"
#include "protocols/checkpoint_choice.h"
#include "protocols/optimisation.h"

namespace bcr {

struct TrainOptions {
  int epochs = 120;
  int identities_per_batch = 16, images_per_identity = 4;
  int batches_per_epoch = 0;  // 0: one sampler pass
  Schedule schedule;
  double weight_decay = 5e-4;
  Optimisation optimisation;
  CheckpointChoice checkpoint;
  int extraction_batch = 128;
  int loader_workers = 1;
};

// The plug-ins a trainer may use; app hands the generated tables in.
struct TrainPlugIns {
  std::vector<const ObjectiveInfo*> objectives;
  std::vector<const LabelSourceInfo*> label_sources;
  std::vector<const AugmenterInfo*> augmenters;
};

// Makes every plug-in of a training once and drops it: throws kConfig, as Train would, for unknown
// plug-ins and for parameters that they refuse.
void CheckRecipe(const BaseRecipe& base, const std::vector<ObjectiveUse>& compatibility,
                 const TrainPlugIns& plug_ins);

// Everything that decides a trained model's bytes, and where to work.
struct TrainJob {
  std::string title;                   // for the progress bar: "in-domain-data / new / bct"
  const ImageStore* images = nullptr;  // the data role's train split
  std::vector<int64_t> rows;           // rows of `images` this model may see, ascending
  std::vector<int64_t> labels;         // class per entry of `rows` (ground truth), -1 = none
  // Per entry of `rows`, beside a label source: whether its label is known, and not to be found by the
  // source (mixed_labels.h). Empty: the source finds all of them.
  std::vector<bool> known_labels;
  std::vector<int64_t> cameras;      // per entry of `rows`
  std::vector<int64_t> domains;      // per entry of `rows`; empty: all of domain 0
  std::vector<int64_t> origins;      // per entry of `rows`: as Slot::kOrigin; empty: all 0
  int extra_per_batch = 0;           // added images without a label in every batch
  AddedImagesContext added;          // where what the recipe's augmenters add is made and kept
  std::vector<std::string> classes;  // class -> identity
  std::vector<int64_t> people;       // class -> person, or empty: as TrainingSet::people
  ModelSpec spec;                    // spec.classes is set by the trainer
  uint64_t seed = 0;                 // master seed of this model's role
  std::string init_weights;          // model folder to start from (head drawn anew); "" = random
  std::string second_init_weights;   // the same for a second student; "" = as the first
  std::string init_backbone;         // file with backbone weights (ReadWeights); "" = none
  bool init_partial = false;         // of which only what fits is loaded
  BaseRecipe base;
  std::vector<ObjectiveUse> compatibility;
  // Earlier models that the new one is compared with, in the setting's order; rows of their
  // features as in `rows`. Every compatibility term runs once for each of them. Behind them, where a
  // term asks for it, this model trained alone.
  std::vector<OldModel> old_models;
  // equal | truncate | pad | project: by a matrix d_o x d that is learned | orthogonal: by the first
  // d_o rows of a rotation that is learned
  std::string widths = "equal";
  FeatureSide side = FeatureSide::kAfterNeck;  // of the feature that is scored, and so compared
                                               // with `old_models`, whose features are of this side
  TrainOptions options;
  JudgeModel
      judge;  // of epochs, where options.checkpoint keeps another than the last; null otherwise
  std::string device = "cpu";
  std::string precision = "fp32";  // see Model::SetPrecision
  std::string
      checkpoint_file;  // resumed from where it exists and fits, otherwise removed and told on
                        // stderr; removed by the caller when done
  bool quiet = false;
};

struct TrainResult {
  std::unique_ptr<Model> model;
  Json history;      // one object an epoch: losses by term, learning rate, diagnostics
  Json label_notes;  // of the label source
  Json added;        // what augmenters added: ExtendedJob::added
  Json checkpoint;   // {"by", "epoch" (from 1), "value"} where an epoch was chosen, else null
  // Batches, of which Optimisation::accumulate make one step of the optimisers, and their images.
  int64_t steps = 0, images = 0;
  double seconds = 0;                  // training time, over all resumed parts
  std::map<std::string, double> time;  // of this process: "training", "extraction", "clustering"
  // One for each earlier model: d_o x d where widths is "project" or
  // "orthogonal", else 0 x 0.
  std::vector<FloatMatrix> projections;
};

// Trains, with a checkpoint after every epoch. Same job, same machine, same thread count: same
// bytes, resumed or not. Throws kTraining on a non-finite loss (naming epoch, step, term) and on a
// collapsed clustering, kInterrupted on Ctrl-C.
TrainResult Train(const TrainJob& job, const TrainPlugIns& plug_ins);

}  // namespace bcr
