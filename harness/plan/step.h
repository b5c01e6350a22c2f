#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "harness/core/dataset.h"
#include "harness/core/json.h"
#include "harness/eval/postprocess/rerank.h"
#include "harness/eval/scorer.h"
#include "harness/plan/data_roles.h"
#include "harness/train/recipe.h"
#include "harness/train/trainer.h"
#include "protocols/views.h"

namespace bcr {

// The feature side of the default profile (Profile::feature_side).
inline constexpr const char* kAfterNeck = "after-neck";

struct GivenModel;

// Images of one or several splits, one after another. `rows` picks images of the split, ascending;
// absent: all of them. `hash` is that of the picked names and identities, "" where all are meant.
struct ImageList {
  struct Part {
    std::string role;
    Split split = Split::kTrain;
    std::optional<std::vector<size_t>> rows;
    std::string hash;
    PackedSize size = {};
  };
  std::vector<Part> parts;
};
ImageList ListOf(const std::vector<ViewRows>& views);  // of train splits

// Decodes and packs one split of a data role.
struct ImagesWork {
  std::string role;
  Split split = Split::kTrain;
  PackedSize size = {};
};

// A model that another one is to be compatible with, by the places of its steps in the plan.
struct EarlierModel {
  std::string name;     // as the setting calls it
  bool alone = false;   // no earlier one: as OldModel::alone; behind all others
  size_t model = 0;     // its training
  size_t features = 0;  // its features of the later model's training images
};

// The images by which the epoch is chosen that a model keeps (TrainOptions::checkpoint).
struct JudgedOn {
  ImageList query, gallery;
  Policy policy = Policy::kMarket;
  std::string feature_side = kAfterNeck;
};

// Trains one model, or takes one that is given.
struct ModelWork {
  std::vector<ViewRows> views;  // what it sees, by data role
  std::string labels;           // "ground-truth" | "none" | "mixed": of some views alone
  std::vector<std::string>
      unlabelled;               // where they are mixed: the roles whose labels it does not see
  std::vector<int64_t> people;  // by class, as TrainingSet::people
  // What its augmenters make images of that all models of the run share, and the seed of these; empty
  // where they share none.
  std::vector<ViewRows> shared_views;
  uint64_t shared_seed = 0;
  ModelSpec spec;
  uint64_t seed = 0;
  BaseRecipe base;
  std::vector<ObjectiveUse> compatibility;
  TrainOptions options;
  std::optional<JudgedOn> judged_on;  // absent: the last epoch is kept
  std::string widths = "equal";
  std::string feature_side = kAfterNeck;    // of the feature compared with earlier models'
  std::string init;                         // for the record: "random", a model's name, "file:HASH"
  std::string init_file;                    // of any kind that ReadWeights reads, or ""
  bool init_partial = false;                // the file holds less than the backbone, or more
  std::shared_ptr<const GivenModel> given;  // it is not trained: all but init and spec.backbone,
                                            // which names it, is left at its default
  std::optional<size_t> start;              // the model whose weights it starts from
  std::optional<size_t> second_start;       // the same of a second student; absent: as the first
  std::vector<EarlierModel> earlier;        // empty: trained for itself alone
};

// Extracts the features of one model on a list of images.
struct FeaturesWork {
  size_t model = 0;
  ImageList images;
  std::string purpose;  // for the progress line: "query of target", "old features for ..."
  std::string feature_side = kAfterNeck;
  int batch_size = 0;
  bool flip = false;
};

// Fits a map between a model and an earlier one on their features of the later model's training
// images.
struct AdapterWork {
  std::string reference;    // name[,key=value...]
  bool maps_later = true;   // the rows of the later model are mapped; else those of the earlier one
  size_t from = 0, to = 0;  // features: of the model whose rows are mapped, and of the other
  // The same of the validation images, for adapters that choose by people held out.
  std::optional<std::pair<size_t, size_t>> held;
};

// One side of a cell.
struct CellSide {
  size_t features = 0;
  std::optional<size_t> adapter;  // that these rows pass through
  std::optional<size_t> beside;   // features of the other model, which that adapter mixes in
  // The model whose own projection maps these rows, and onto which of its earlier models; absent:
  // rows are compared as they are, cut or padded.
  std::optional<size_t> projection_of;
  size_t earlier = 0;
};

// Unit features drawn at random: what an incompatible model's cross-test stands on.
struct DrawnSides {
  ImageList query, gallery;
  size_t width = 0;
  uint64_t seed = 0;
};

// Scores one (query model, gallery model) pair.
struct CellWork {
  std::variant<std::pair<CellSide, CellSide>, DrawnSides> sides;  // query, gallery
  std::optional<size_t> width;  // both sides are brought to it; absent: they share a model
  std::string widths;           // by which policy
  Policy policy = Policy::kMarket;
  int max_rank = 50;
  std::optional<RerankOptions> rerank;  // of every query's list
};

// One thing to be made and kept in the store. Its key is a hash of `inputs`, which decide its bytes:
// equal steps of different rows and settings are made once.
struct Step {
  std::variant<ImagesWork, ModelWork, FeaturesWork, AdapterWork, CellWork> work;
  std::string title;  // for people, of the first row that wants it
  std::string
      folder;  // of the store: "images", "models", "features", "train-features", "adapters", "cells"
  Json inputs;
  std::string key;
  std::vector<size_t> needs;  // steps made before this one; all of them earlier in the plan
  bool wanted = false;        // its result is asked for itself, not for what is made of it alone
  size_t row = 0;             // the first row of the plan that wants it, also indirectly
};

// d of a model's features.
int FeatureWidthOf(const ModelWork& work);

// "cuda:0" and the like.
bool IsCuda(const std::string& device);

// "images", "model", "features", "adapter" or "cell".
const char* KindOf(const Step& step);

}  // namespace bcr
