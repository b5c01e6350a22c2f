#pragma once

#include <string>
#include <vector>

#include "harness/core/embedded.h"
#include "harness/core/json.h"
#include "harness/train/weight_curve.h"

namespace bcr {

// One objective of a recipe.
struct ObjectiveUse {
  std::string objective;
  double weight = 1;
  WeightCurve curve;              // multiplies the weight over training; empty: 1 throughout
  std::string parameters = "{}";  // compact JSON
  std::string origins = "{}";     // of each parameter, once bound (run/effective.h); not in keys
  // Whose features it compares with: of each earlier model, or of the model that is trained, as it
  // is without compatibility terms (made first).
  enum class With { kEarlier, kAlone };
  With with = With::kEarlier;
  // What it sees of the feature at a time: all of it, or each column group of a backbone with
  // branches in turn, and the mean of its terms counts (BackboneInfo::parts, branches). Any other
  // backbone's feature is one group.
  enum class Over { kWhole, kParts, kBranches };
  Over over = Over::kWhole;
  bool reads_after_neck = false;  // metric losses: in the place of the feature before the neck
};

// One augmenter of a recipe. They are applied in the recipe's order.
struct AugmenterUse {
  std::string augmenter;
  std::string parameters = "{}";  // compact JSON
  std::string origins = "{}";     // as ObjectiveUse::origins
};

// A model that is trained first, whose weights another one starts from.
struct Pretraining {
  std::string base;  // the base learner that it is trained by; "": there is none
  // own: of the model that starts from it; labelled: those of them whose labels it sees; all: that any
  // model of the setting sees, without their labels. Held-out people are in none of these.
  std::string images = "own";
  double share = 1;  // of these images, (0, 1]
};

// A base learner: what trains a model with no thought of compatibility
// (methods/recipes/bases/*.json).
struct BaseRecipe {
  std::string name;
  int revision = 0;
  std::string about;
  std::string label_source;  // "ground-truth" or a registered label source
  std::string label_source_parameters = "{}";
  std::string label_source_origins = "{}";  // as ObjectiveUse::origins
  bool head = true;                         // linear identity head
  std::string pooling;                      // "gem" or "avg"; "": as the profile says
  // A head while it is trained, with a row for each class of labels that change: set anew to the unit
  // mean of the class's features whenever they do (cluster_head.h). It is not part of the model that is
  // made. Not beside `head`.
  bool cluster_head = false;
  // Models that learn side by side, 1 or 2 (second_student.h). The first is the one that is made.
  int students = 1;
  // Outputs of a linear layer behind pooling, which neck and losses see; 0: the backbone's feature.
  int embedding = 0;
  // How the network normalises its batches: "plain", or "domain" and "rectified" (ModelSpec::norm),
  // where each data set of the model is a domain.
  std::string norm = "plain";
  std::string fusion = "none";              // or "mdif", likewise (ModelSpec::fusion)
  std::string sampler = "random-identity";  // see SamplerOptions and EpochBatches
  // "none", or "domains": every batch holds as many identities of each data set of the model.
  std::string balance = "none";
  // Which model is stored, scored and compared with later: the one that is trained, or the mean teacher
  // that one of the objectives asks for.
  bool teacher_is_scored = false;
  Pretraining starts_from;
  std::vector<AugmenterUse> augmenters;  // a file that names none has `standard`
  std::vector<ObjectiveUse> objectives;
};

// A method: a base learner plus compatibility terms (methods/recipes/*.json).
struct MethodRecipe {
  std::string name;
  int revision = 0;
  int order = 0;       // listing order
  std::string family;  // a word for methods that work alike: `--methods FAMILY` runs them all
  std::string about, reference;
  bool reconstruction = false;
  bool in_default_run = false;
  bool new_is_old = false;            // trains nothing: the harness measures itself
  std::string base = "auto";          // auto: the profile's base for the labels that the model sees
  std::string earlier_base = "auto";  // of the models that its own are to be compatible with
  std::string init = "setting";  // setting: as the setting says; old: from the old model's weights
  // How the new model's features meet earlier ones' width: "setting", as the setting says; "project"
  // and "orthogonal" as TrainJob::widths.
  std::string widths = "setting";
  // The new model's features are this much wider than those of its backbone and of any earlier model;
  // 0: as wide as its backbone's.
  int extra_width = 0;
  std::string adapter;  // applied after training, `name[,key=value...]`; "": as the setting says
  std::string adapter_side = "query";  // "query": the later model's rows are mapped; "gallery"
  std::vector<ObjectiveUse> objectives;
};

BaseRecipe ParseBaseRecipe(std::string_view text, const std::string& where);
MethodRecipe ParseMethodRecipe(std::string_view text, const std::string& where);

// Canonical JSON for keys and records.
Json ToJson(const BaseRecipe& base);
Json ToJson(const MethodRecipe& method);
Json UsesToJson(const std::vector<ObjectiveUse>& uses);
// Not part of a base recipe's own JSON: keys of stored models hold it in a place of its own.
Json UsesToJson(const std::vector<AugmenterUse>& uses);

}  // namespace bcr
