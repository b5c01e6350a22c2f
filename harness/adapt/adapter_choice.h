#pragma once

#include <string>
#include <vector>

#include "harness/adapt/adapter.h"

namespace bcr {

using AdapterTable = std::vector<const AdapterInfo*>;

// The adapter of that name; throws kConfig with the nearest one.
const AdapterInfo& FindAdapter(const AdapterTable& table, const std::string& name);

// An adapter as asked for: `name[,key=value...]`, e.g. `procrustes,centre=true`.
struct AdapterChoice {
  const AdapterInfo* info = nullptr;
  std::string parameters;  // JSON object: every parameter, defaults filled in; for keys and records
};
// Throws kUsage or kConfig: another form, an unknown name or key, a value of another kind than the
// default.
AdapterChoice ParseAdapter(const AdapterTable& table, const std::string& reference);

// Throws kConfig where the adapter is not made for that side.
void RequireSide(const AdapterInfo& info, AdapterSide side);

}  // namespace bcr
