#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "harness/adapt/adapter.h"
#include "harness/adapt/adapter_choice.h"
#include "harness/core/json.h"

namespace bcr {

// A map of feature rows, ready for use. Immutable; safe to use from several threads at once.
class FittedAdapter {
 public:
  // `parameters` is a JSON object of all parameters. Throws kData where the adapter cannot work
  // with the state, or it holds NaN or infinity.
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
  // Whether it needs the other model's own rows of the same images too (n x width_out): ApplyBeside
  // then gives the rows to compare.
  bool mixes() const { return info_->mix != nullptr; }
  // As Apply; `own` is not looked at where the map does not mix. Throws kData where `own` are other
  // rows than the map's, or as many.
  std::shared_ptr<const RowSource> ApplyBeside(std::shared_ptr<const RowSource> rows,
                                               std::shared_ptr<const RowSource> own,
                                               const std::string& where) const;
  // How little each mapped row is to be trusted (n x 1, larger: less); null for maps that do not
  // say. Throws as Apply.
  std::shared_ptr<const RowSource> Uncertainty(std::shared_ptr<const RowSource> rows,
                                               const std::string& where) const;

 private:
  void RequireWidthIn(const RowSource& rows, const std::string& where) const;

  const AdapterInfo* info_;
  std::string parameters_;
  AdapterState state_;
  std::string hash_;
};

// Fits `choice` on `data`. An adapter that needs no rows reads the widths of `data` alone. Throws
// kData for widths that the adapter does not serve, rows that are not paired or not finite, kConfig
// for parameters out of range.
FittedAdapter FitAdapter(const AdapterChoice& choice, const FitData& data);

// Name, revision, parameters, widths, numbers and hash, for records.
Json DescribeAdapter(const FittedAdapter& adapter);

}  // namespace bcr
