#include "harness/nn/domain_order.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

#include "harness/core/error.h"

namespace bcr {
namespace {

at::Tensor Selected(const at::Tensor& batch, const std::vector<int64_t>& places) {
  if (places.empty()) return batch;
  // From pinned memory the copy to a device does not wait for it.
  const at::Tensor rows = at::empty({static_cast<int64_t>(places.size())},
                                    at::TensorOptions(at::kLong).pinned_memory(batch.is_cuda()));
  std::copy(places.begin(), places.end(), rows.mutable_data_ptr<int64_t>());
  return batch.index_select(0, rows.to(batch.device(), /*non_blocking=*/true));
}

}  // namespace

DomainOrder::DomainOrder(const ImageDomains& domains, int64_t images, int64_t count) {
  if (count == 0) return;
  for (const int64_t domain : domains)
    BCR_CHECK(domain >= 0 && domain < count, "an image of a domain that the model does not know");
  if (domains.size() <= 1) {
    runs_ = {{domains.empty() ? count - 1 : domains.front(), 0, images}};
    return;
  }
  BCR_CHECK(static_cast<int64_t>(domains.size()) == images, "not one domain for each image");
  std::vector<int64_t> forth(domains.size());
  std::iota(forth.begin(), forth.end(), int64_t{0});
  std::stable_sort(forth.begin(), forth.end(), [&](int64_t a, int64_t b) {
    return domains[static_cast<size_t>(a)] < domains[static_cast<size_t>(b)];
  });
  std::vector<int64_t> back(forth.size());
  for (size_t i = 0; i < forth.size(); ++i) {
    const int64_t domain = domains[static_cast<size_t>(forth[i])];
    back[static_cast<size_t>(forth[i])] = static_cast<int64_t>(i);
    if (runs_.empty() || runs_.back().domain != domain)
      runs_.push_back({domain, static_cast<int64_t>(i), 0});
    ++runs_.back().count;
  }
  if (std::is_sorted(forth.begin(), forth.end())) return;
  forth_ = std::move(forth);
  back_ = std::move(back);
}

at::Tensor DomainOrder::Sorted(const at::Tensor& batch) const { return Selected(batch, forth_); }

at::Tensor DomainOrder::Restored(const at::Tensor& batch) const { return Selected(batch, back_); }

}  // namespace bcr
