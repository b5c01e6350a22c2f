#include "harness/eval/statistics/paired_test.h"

#include <fmt/core.h>

#include <map>

#include "harness/core/error.h"

namespace bcr {
namespace {

void CheckLengths(const ValueColumn& first, const ValueColumn& second, size_t groups) {
  if (first.values.size() == groups && second.values.size() == groups &&
      first.valid.size() == groups && second.valid.size() == groups) {
    return;
  }
  throw Error(ErrorCode::kData,
              {.where = "paired test",
               .found = fmt::format("{} and {} values with {} and {} flags for {} identities",
                                    first.values.size(), second.values.size(), first.valid.size(),
                                    second.valid.size(), groups),
               .expected = "the same queries in both"});
}

}  // namespace

PairedTest ComparePaired(const ValueColumn& first, const ValueColumn& second,
                         const std::vector<std::string>& groups, const EstimateOptions& options) {
  CheckLengths(first, second, groups.size());
  PairedTest test;
  ValueColumn difference{std::vector<double>(groups.size()), std::vector<bool>(groups.size())};
  ValueColumn now = second, before = first;
  std::map<std::string, IdentityChange> changes;
  for (size_t i = 0; i < groups.size(); ++i) {
    const bool valid = first.valid[i] && second.valid[i];
    difference.valid[i] = now.valid[i] = before.valid[i] = valid;
    if (!valid) continue;
    difference.values[i] = second.values[i] - first.values[i];
    IdentityChange& change = changes[groups[i]];
    change.sum += difference.values[i];
    ++change.queries;
    ++test.queries;
    test.changed += difference.values[i] != 0 ? 1 : 0;
  }
  test.identities = changes.size();
  for (auto& [identity, change] : changes) {
    change.identity = identity;
    test.changes.push_back(std::move(change));
  }
  test.difference =
      EstimateAll({difference, now, before}, groups, {DifferenceIn(0, 1, 2)}, options).front();
  test.p_value = test.difference.p_value.value_or(1);
  return test;
}

void SetSame(PairedTest& test) {
  if (test.changed > 0 || !test.difference.value) return;
  test.difference.low = test.difference.high = 0.0;
  test.difference.few = false;
}

PairedWord WordOf(const PairedTest& test, bool higher_is_better) {
  const Estimate& d = test.difference;
  if (!d.low) return PairedWord::kUndecided;
  if (*d.low > 0 || *d.high < 0) {
    return (*d.low > 0) == higher_is_better ? PairedWord::kBetter : PairedWord::kWorse;
  }
  return *d.low == 0 && *d.high == 0 ? PairedWord::kSame : PairedWord::kUndecided;
}

const char* PairedWordName(PairedWord word) {
  switch (word) {
    case PairedWord::kBetter:
      return "better";
    case PairedWord::kWorse:
      return "worse";
    case PairedWord::kSame:
      return "same";
    case PairedWord::kUndecided:
      break;
  }
  return "undecided";
}

}  // namespace bcr
