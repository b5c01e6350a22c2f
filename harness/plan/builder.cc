#include "harness/plan/builder.h"

#include <algorithm>

#include "harness/store/artifact_store.h"

namespace bcr {

size_t PlanBuilder::Add(Step step) {
  step.key = ArtifactStore::KeyOf(step.inputs);
  step.row = row_;
  std::sort(step.needs.begin(), step.needs.end());
  step.needs.erase(std::unique(step.needs.begin(), step.needs.end()), step.needs.end());
  const auto [found, fresh] = by_key_.try_emplace({step.folder, step.key}, plan_.steps.size());
  if (fresh) plan_.steps.push_back(std::move(step));
  return found->second;
}

void AddOnce(const std::string& text, std::vector<std::string>& texts) {
  if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
}

}  // namespace bcr
