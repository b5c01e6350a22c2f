#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/json.h"

namespace bcr {

// What one model of an upgrade may see and start from.
struct ModelView {
  std::string data;       // "target" or "source": a role, bound to a data set at run time
  double images = 1;      // share in (0, 1] of each identity's training images
  double identities = 1;  // share in (0, 1] of the training identities
  std::string labels;     // "ground-truth" or "none"
  std::string backbone;   // "small", "standard" or "large": resolved by the profile
  std::string init;       // "random", or "source-model": a source-trained model of another seed
};

// Bounds that a profile with `smoke: true` takes from the setting.
struct SmokeBlock {
  int identities = 0;  // training identities used, validation included
  int epochs = 0;
};

// One upgrade setting: what the old and the new model may see, and which cells are scored. A
// setting is a data file (protocols/settings/*.json, compiled into the binary): another list of
// settings is an edit of files, not of code.
struct Setting {
  std::string name;
  int revision = 0;  // raised whenever the figures it leads to can change
  int order = 0;     // position in listings
  std::string about, reference;
  ModelView old_model, new_model;
  std::string score_on;  // data role whose test split (and validation identities) is scored
  std::vector<std::pair<std::string, std::string>> cells;  // (query model, gallery model)
  std::string widths;  // "equal", "truncate", "pad" or "project"
  double validation_share =
      0;  // share of the training identities held out from every model, [0, 0.5]
  std::vector<std::string>
      locked;  // dotted keys or prefixes: overriding one makes a run unofficial
  SmokeBlock smoke;
};

// The settings compiled into this binary, in listing order.
const std::vector<Setting>& Settings();

// Throws kConfig with a suggestion for an unknown name. Also takes the path of a file that ends in
// ".json": a setting of the user's own, which may not bear the name of a compiled-in one.
Setting FindSetting(const std::string& name);

// Every key is required, unknown keys are refused with a suggestion. Throws kConfig; `where` names
// the file in messages.
Setting ParseSetting(std::string_view text, const std::string& where);
Setting SettingFromJson(const Json& json, const std::string& where);

// The JSON that SettingFromJson reads back: what overrides act on and the record stores.
Json SettingJson(const Setting& setting);

// A setting's model keys as cells name them: "old", "new", "paragon".
const std::vector<std::string>& ModelKeys();

}  // namespace bcr
