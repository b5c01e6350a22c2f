#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "harness/adapt/adapter.h"
#include "harness/core/json.h"

namespace bcr {

using AdapterTable = std::vector<const AdapterInfo*>;

// A map of feature rows, ready for use. Immutable; safe to use from several threads at once.
class FittedAdapter {
 public:
  // `parameters` is a JSON object of all parameters. Throws kData where the adapter cannot work
  // with the state.
  FittedAdapter(const AdapterInfo& info, std::string parameters, AdapterState state);

  const AdapterInfo& info() const { return *info_; }
  const std::string& parameters() const { return parameters_; }
  const AdapterState& state() const { return state_; }
  size_t width_in() const { return state_.width_in; }
  size_t width_out() const { return state_.width_out; }
  // Names the map: adapter, revision, widths, arrays and numbers. Not the parameters: two ways to
  // the same map are the same map.
  const std::string& hash() const { return hash_; }

  // The mapped rows (n x width_out) of `rows` (n x width_in), which `where` names in messages.
  // Width adapters look at the rows in place; others compute a row when it is first read and keep
  // it. Throws kData for another width; reading throws kData for NaN, infinity, and rows that the
  // map has no value for.
  std::shared_ptr<const RowSource> Apply(std::shared_ptr<const RowSource> rows,
                                         const std::string& where) const;

 private:
  const AdapterInfo* info_;
  std::string parameters_;
  AdapterState state_;
  std::string hash_;
};

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

// Fits `choice` on `data`. An adapter that needs no rows reads the widths of `data` alone. Throws
// kData for widths that the adapter does not serve, rows that are not paired or not finite, kConfig
// for parameters out of range.
FittedAdapter FitAdapter(const AdapterChoice& choice, const FitData& data);

// Name, revision, parameters, widths, numbers and hash, for records.
Json DescribeAdapter(const FittedAdapter& adapter);

// Writes adapter.json and one .npy file for each array, each atomically, adapter.json last.
void SaveAdapter(const FittedAdapter& adapter, const std::string& folder);
// Throws kMissing, kIo, kConfig or kData: no such folder, malformed or changed files (all content
// is hashed), an adapter or a revision that this build does not have.
FittedAdapter LoadAdapter(const AdapterTable& table, const std::string& folder);

}  // namespace bcr
