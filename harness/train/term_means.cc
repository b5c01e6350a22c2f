#include "harness/train/term_means.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"

namespace bcr {

struct TermMeans::Group {
  std::vector<std::string> names;
  int64_t count = 0;
  at::Tensor sums;    // T float64
  at::Tensor fine;    // T float64: the last step at which the sum was finite
  at::Tensor newest;  // T float64

  // Sums, fine, newest as one copy from the device: 3 x T.
  at::Tensor ToHost() const { return at::stack({sums, fine, newest}).cpu().contiguous(); }
};

TermMeans::TermMeans() = default;
TermMeans::~TermMeans() = default;

void TermMeans::Add(const std::vector<std::string>& names, const std::vector<at::Tensor>& values) {
  const at::NoGradGuard no_grad;
  auto found = std::find_if(groups_.begin(), groups_.end(),
                            [&](const auto& group) { return group->names == names; });
  std::vector<at::Tensor> scalars;
  for (const at::Tensor& value : values)
    scalars.push_back(value.detach().reshape({}).to(at::kDouble));
  const at::Tensor newest = at::stack(scalars);
  if (found == groups_.end()) {
    auto group = std::make_unique<Group>();
    group->names = names;
    group->sums = at::zeros_like(newest);
    group->fine = at::full_like(newest, -1);
    groups_.push_back(std::move(group));
    found = std::prev(groups_.end());
  }
  Group& group = **found;
  group.newest = newest;
  group.sums.add_(newest);
  group.fine = at::where(group.sums.isfinite(), static_cast<double>(step_), group.fine);
  ++group.count;
  ++step_;
  newest_ = &group;
}

void TermMeans::AddKnown(const std::string& name, double value) {
  auto& [sum, count] = known_[name];
  sum += value;
  ++count;
}

namespace {

// The figure that was not finite first; of several in one step the first in their order.
struct Culprit {
  std::string name;
  double last_fine = 0;
};

void ThrowNotFinite(const Culprit& culprit, const std::string& title, int epoch) {
  throw Error(
      ErrorCode::kTraining,
      {title,
       "term " + culprit.name + " is not finite in epoch " + std::to_string(epoch + 1) + ", step " +
           std::to_string(static_cast<int64_t>(culprit.last_fine) + 2),
       "a finite loss", "Lower the learning rate (--set profile.lr=...) or the term's weight."});
}

}  // namespace

double TermMeans::Read(const std::string& title, int epoch) {
  ToJson(title, epoch);
  return last_read_;
}

Json TermMeans::ToJson(const std::string& title, int epoch) {
  std::map<std::string, std::pair<double, int64_t>> all = known_;
  Culprit culprit;
  for (const auto& group : groups_) {
    const at::Tensor host = group->ToHost();
    const auto values = host.accessor<double, 2>();
    for (size_t i = 0; i < group->names.size(); ++i) {
      const auto column = static_cast<int64_t>(i);
      const double sum = values[0][column], fine = values[1][column];
      if (!std::isfinite(sum) && (culprit.name.empty() || fine < culprit.last_fine))
        culprit = {group->names[i], fine};
      auto& [total, count] = all[group->names[i]];
      total += sum;
      count += group->count;
    }
    if (group.get() == newest_)
      last_read_ = values[2][static_cast<int64_t>(group->names.size()) - 1];
  }
  if (!culprit.name.empty()) ThrowNotFinite(culprit, title, epoch);
  Json json = Json::object();
  for (const auto& [name, entry] : all)
    json[name] = entry.first / static_cast<double>(entry.second);
  return json;
}

}  // namespace bcr
