#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/json.h"

namespace bcr {

// A part of something ordered: from the share `from` (0: the beginning) up to the share `to`, both
// in [0, 1], from < to.
struct Share {
  double from = 0, to = 1;
};

// One model of an upgrade: what it may see, what it starts from, and what it must be compatible
// with.
struct ModelNode {
  std::string name;               // what cells and records call it
  std::string like;               // the model whose keys it takes where it has none; "" for none
  std::string stream;             // of its random draws: models of one stream draw alike
  std::vector<std::string> data;  // roles ("target", "source", ...), bound to data sets at run time
  Share images;                   // of each identity's training images
  std::map<std::string, Share> images_of;  // instead, of the roles that have an entry
  Share identities;                        // of each role's training identities
  // "ground-truth", "none", or "mixed": of some roles alone.
  std::string labels;
  std::vector<std::string>
      unlabelled;        // where they are mixed: the roles whose labels it does not see
  std::string backbone;  // "small", "standard" or "large": resolved by the profile
  std::string start;     // "random", another model's name, or "file:PATH" (safetensors)
  std::vector<std::string> compatible_with;  // earlier models; none: trained for itself alone
  // The base learner that it is trained by; "auto": the method's, or the profile's for the labels
  // that it sees.
  std::string base = "auto";
  std::string
      adapter;  // "none", or an adapter between its features and those it is compatible with
};

// The models between which an upgrade is judged.
struct Upgrade {
  std::string old_model, new_model;
  std::string paragon;  // the new model trained without any compatibility term; "" where none is
};

// Several settings that judge the same models on one data set each: reports average these cells over
// the settings of a group.
struct SettingGroup {
  struct Figure {
    std::string name, query_model, gallery_model;
  };
  std::string name;
  std::vector<Figure> figures;
};

// Bounds that a profile with `smoke: true` takes from the setting.
struct SmokeBlock {
  int identities = 0;  // training identities used, validation included
  int epochs = 0;
};

// One upgrade setting: a graph of models, and which pairs of them are scored. A setting is a data
// file (protocols/settings/*.json, compiled into the binary): another list of settings is an edit of
// files, not of code.
struct Setting {
  std::string name;
  int revision = 0;  // raised whenever the figures it leads to can change
  int order = 0;     // position in listings
  bool in_default_run = false;
  std::string about, reference;
  std::vector<ModelNode>
      models;  // a model stands behind those it starts from or is compatible with
  std::map<std::string, std::string> data;  // role -> reference of the data that it has by default
  std::string score_on;  // data role whose test split (and validation identities) is scored
  std::vector<std::pair<std::string, std::string>> cells;  // (query model, gallery model)
  bool all_cells = false;  // the file says "all": every ordered pair of models
  Upgrade upgrade;
  std::vector<std::string> chain;  // models in the order of their making, for the upgrade matrix
  std::optional<SettingGroup> group;
  std::string widths;  // "equal", "truncate", "pad" or "project"
  double validation_share =
      0;  // share of the training identities held out from every model, [0, 0.5]
  std::vector<std::string>
      locked;  // dotted keys or prefixes: overriding one makes a run unofficial
  SmokeBlock smoke;
};

// The settings compiled into this binary, in listing order.
const std::vector<Setting>& Settings();

// A word of `--settings`: the names of a group's settings in listing order; any other word stays what
// it is.
std::vector<std::string> SettingsNamedBy(const std::string& word);

// Throws kConfig with a suggestion for an unknown name. Also takes the path of a file that ends in
// ".json": a setting of the user's own, which may not bear the name of a compiled-in one.
Setting FindSetting(const std::string& name);

// Every key is required but those that README.md calls optional; unknown keys are refused with a
// suggestion. A text that is `like` a compiled-in setting takes its keys, own ones win. Throws kConfig; `where` names the file in messages.
Setting ParseSetting(std::string_view text, const std::string& where);
Setting SettingFromJson(const Json& json, const std::string& where);

// The share of each identity's images that a model sees of a role.
const Share& ImagesOf(const ModelNode& node, const std::string& role);

// Whether a model may train on the labels of a role.
bool SeesLabelsOf(const ModelNode& node, const std::string& role);

// The JSON that SettingFromJson reads back: what overrides act on and the record stores.
Json SettingJson(const Setting& setting);

// REQUIRES: the setting has a model of this name.
const ModelNode& NodeOf(const Setting& setting, const std::string& name);

// Whether another model is to be compatible with this one, or such a model starts from it.
bool IsEarlier(const Setting& setting, const ModelNode& node);

// The data roles that a setting draws on: those of its models, and the one that is scored.
std::vector<std::string> DataRolesOf(const Setting& setting);

}  // namespace bcr
