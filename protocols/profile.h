#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json.h"
#include "protocols/checkpoint_choice.h"
#include "protocols/optimisation.h"

namespace bcr {

// Backbone names by the size a setting asks for.
struct BackboneSizes {
  std::string small, standard, large;
};

// How long and with which batches a model without labels is trained.
struct UnlabelledTraining {
  int epochs = 0, batches_per_epoch = 0, identities_per_batch = 0, images_per_identity = 0;
  double lr = 0, weight_decay = 0;
  std::vector<int> milestones;  // epochs from 1; a milestone is the first epoch at the lower rate
  double gamma = 0;
  Optimisation optimisation;    // its keys stand beside these
  CheckpointChoice checkpoint;  // likewise
};

// The base recipe that `base: auto` stands for, by what a model sees.
struct BaseNames {
  std::string with_labels, without_labels;
  std::string mixed_labels = "multi-source";  // some data sets with, some without
};

// Plug-in name -> JSON object of its parameters (numbers, text, true or false), as compact text.
// Which names and parameters there are, the plug-ins know: they check them when they are made.
using PlugInParameters = std::map<std::string, std::string>;

// How long and with what a model is trained, extracted and scored: everything that a setting leaves
// open and a method's recipe does not name. Compiled in from protocols/profiles/*.json.
struct Profile {
  std::string name;
  int revision = 0;  // raised whenever the figures it leads to can change
  int order = 0;     // position in listings
  std::string about, reference;
  bool smoke = false;       // takes epochs and identities from the setting's smoke block
  bool needs_init = false;  // asks for a file of initial weights unless the user wants random ones
  int height = 0, width = 0;    // input pixels
  std::string resize = "area";  // how images come to that size (harness/data/resize.h)
  BackboneSizes backbones;
  std::string pooling;  // "gem" or "avg", of backbones that have a map
  int identities_per_batch = 0, images_per_identity = 0;  // P and K
  int epochs = 0;
  double lr = 0, weight_decay = 0;
  int warmup_epochs = 0;  // from warmup_factor * lr
  double warmup_factor = 0;
  std::vector<int> milestones;  // epochs from 1; a milestone is the first epoch at the lower rate
  double gamma = 0;
  Optimisation optimisation;    // its keys stand beside these
  CheckpointChoice checkpoint;  // likewise
  int extraction_batch_size = 0;
  bool extraction_flip = false;
  std::string feature_side;  // "before-neck" or "after-neck"
  std::string policy;        // "market" or "none": see harness/eval/scorer.h
  int max_rank = 0;
  int bootstrap_resamples = 0;
  int max_identities = 0;  // training identities used, validation included; 0: all
  UnlabelledTraining without_labels;
  BaseNames bases;
  // In the place of a plug-in's own defaults; a recipe's numbers take precedence over these, and
  // those of --set over both.
  PlugInParameters objectives, label_sources, augmenters;
  std::vector<std::string>
      locked;  // dotted keys or prefixes: overriding one makes a run unofficial
  std::vector<std::string> overridden;  // dotted keys that --set named; not part of the JSON
};

// The profiles compiled into this binary, in listing order.
const std::vector<Profile>& Profiles();
// Throws kConfig with a suggestion for an unknown name.
Profile FindProfile(const std::string& name);
// Every key is required but `input.resize` and those of Optimisation and CheckpointChoice, unknown keys are refused with a suggestion. Throws
// kConfig; `where` names the file in messages.
Profile ParseProfile(std::string_view text, const std::string& where);
Profile ProfileFromJson(const Json& json, const std::string& where);
// The JSON that ProfileFromJson reads back.
Json ProfileJson(const Profile& profile);
// The same with every optional key at the value that is in force.
Json CompleteProfileJson(const Profile& profile);

// The backbone for a setting's size ("small", "standard", "large"). Throws kConfig for any other
// word.
const std::string& BackboneOf(const Profile& profile, const std::string& size);

}  // namespace bcr
