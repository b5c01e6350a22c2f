#pragma once

#include <map>
#include <string>

#include "harness/core/json.h"

namespace bcr {

// What kind of plug-in a reference names, for messages.
struct PlugInKind {
  std::string noun;     // "adapter"
  std::string example;  // "procrustes,centre=true"
};

// A plug-in as typed: name[,key=value...].
struct PlugInReference {
  std::string name;
  std::map<std::string, std::string> options;
};
// Throws kUsage with the form.
PlugInReference ParsePlugInReference(const PlugInKind& kind, const std::string& reference);

// All parameters of a plug-in: `defaults` (a JSON object) with what was typed in their places, as
// values of the defaults' kinds; ranges are JsonReader's business. Throws kConfig for an unknown
// key, with the nearest one, and kUsage for a value of another kind.
Json TypedParameters(const PlugInKind& kind, const PlugInReference& typed, Json defaults);

}  // namespace bcr
