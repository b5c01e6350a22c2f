#pragma once

#include <string>
#include <vector>

#include "harness/core/json.h"
#include "protocols/profile.h"
#include "protocols/setting.h"

namespace bcr {

// One JSON document that `--set` may change: a setting or a profile.
struct OverrideTarget {
  std::string prefix;               // "setting": keys are spelt setting.models.old.images
  Json* document = nullptr;         // borrowed
  std::vector<std::string> locked;  // dotted keys or prefixes of keys, without `prefix`
  // Borrowed: keys that the document may have beside its own, with the values that are in force
  // without them. One is looked for here where no document's own key fits.
  const Json* further = nullptr;
};

// Applies `key=value` texts in order. A key is the full dotted path (`setting.models.old.images`), or a
// path without its prefix, a last component alone (`eps`) or a path with components left out
// (`triplet.margin`; `_` and `-` are the same there) where that is unambiguous. The value is JSON or
// plain text and must be of the kind it replaces; a list may be typed as 10,14. Returns one
// sentence for each locked key whose value really changed: the reasons why the run is not official.
// Throws kUsage: no '=', unknown key (with a suggestion), ambiguous key, wrong kind of value, a key
// that names the document (setting, profile, revision, locked, ...). A key that was not typed in
// full adds a sentence to `readings`: what it was taken for. `keys` takes the full path of every
// override, also of those that repeat the value in force.
std::vector<std::string> ApplyOverrides(std::vector<OverrideTarget>& targets,
                                        const std::vector<std::string>& overrides,
                                        std::vector<std::string>* readings = nullptr,
                                        std::vector<std::string>* keys = nullptr);

// A setting and a profile, ready to run.
struct Protocol {
  Setting setting;
  Profile profile;
  std::vector<std::string> unofficial_reasons;  // empty: official as far as the protocol goes
  std::vector<std::string> readings;            // "--set epochs=4 is taken for profile.epochs"
};

// The parameters of every plug-in with their defaults: --set may name them whether or not the
// profile does.
struct PlugInDefaults {
  PlugInParameters objectives, label_sources, augmenters;
};

// Finds both by name, applies the setting's smoke block where the profile says so (max_identities,
// both epochs; milestones beyond them are harmless), then the overrides, and parses the result.
// Every setting or profile that is not compiled in, or uses a part of the identities, gives a
// reason.
Protocol ResolveProtocol(const std::string& setting, const std::string& profile,
                         const std::vector<std::string>& overrides,
                         const PlugInDefaults& defaults = {});

}  // namespace bcr
