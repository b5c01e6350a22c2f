#include <fmt/core.h>
#include <fmt/ranges.h>

#include "harness/core/find_named.h"
#include "harness/eval/postprocess/rerank.h"
#include "harness/eval/scorer.h"

namespace bcr {
namespace {

struct Names {
  const char* what;
  std::vector<std::string> names;  // in the order of the enum
};

const Names kPolicies = {"scoring policy", {"market", "camera", "none", "cuhk03-single-shot"}};
const Names kDistances = {"distance", {"cosine", "euclidean"}};
const Names kTies = {"order of ties", {"by-row", "optimistic", "pessimistic", "mean"}};
const Names kFlavours = {"re-ranking flavour", {"original", "fourth-power", "fastreid"}};

size_t Parse(const Names& list, const std::string& name) {
  const std::string& found =
      FindNamed(list.names, name, [](const std::string& known) { return known; },
                {ErrorCode::kUsage, list.what, fmt::format("`{}`", name),
                 fmt::format("one of {}", fmt::join(list.names, ", "))});
  return static_cast<size_t>(&found - list.names.data());
}

}  // namespace

Policy ParsePolicy(const std::string& name) { return static_cast<Policy>(Parse(kPolicies, name)); }
const char* PolicyName(Policy policy) {
  return kPolicies.names.at(static_cast<size_t>(policy)).c_str();
}

Policy PolicyForIdentities(Policy wanted, bool market_identities) {
  return wanted == Policy::kMarket && !market_identities ? Policy::kCamera : wanted;
}

Distance ParseDistance(const std::string& name) {
  return static_cast<Distance>(Parse(kDistances, name));
}
const char* DistanceName(Distance distance) {
  return kDistances.names.at(static_cast<size_t>(distance)).c_str();
}

Ties ParseTies(const std::string& name) { return static_cast<Ties>(Parse(kTies, name)); }
const char* TiesName(Ties ties) { return kTies.names.at(static_cast<size_t>(ties)).c_str(); }

RerankFlavour ParseRerankFlavour(const std::string& name) {
  return static_cast<RerankFlavour>(Parse(kFlavours, name));
}
const char* RerankFlavourName(RerankFlavour flavour) {
  return kFlavours.names.at(static_cast<size_t>(flavour)).c_str();
}

}  // namespace bcr
