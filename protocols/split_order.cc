#include <algorithm>
#include <cmath>
#include <map>

#include "harness/core/random.h"
#include "protocols/views.h"

namespace bcr {
namespace {

// Image j of the n_c images of a camera: position (2j + 1) / (2 n_c), compared as fractions so that
// no rounding decides.
struct Slot {
  uint64_t numerator, denominator;
  size_t camera_order;
  size_t image;
};

bool Before(const Slot& a, const Slot& b) {
  const uint64_t left = a.numerator * b.denominator;
  const uint64_t right = b.numerator * a.denominator;
  return left != right ? left < right : a.camera_order < b.camera_order;
}

}  // namespace

std::vector<size_t> SplitOrder(const std::vector<std::string>& cameras, uint64_t seed) {
  std::map<std::string, std::vector<size_t>> by_camera;
  for (size_t i = 0; i < cameras.size(); ++i) by_camera[cameras[i]].push_back(i);

  Random random(seed);
  std::vector<std::vector<size_t>> groups;
  for (auto& [camera, members] : by_camera) groups.push_back(std::move(members));
  random.Shuffle(groups);
  std::vector<Slot> slots;
  for (size_t c = 0; c < groups.size(); ++c) {
    random.Shuffle(groups[c]);
    const uint64_t count = groups[c].size();
    for (uint64_t j = 0; j < count; ++j) slots.push_back({2 * j + 1, 2 * count, c, groups[c][j]});
  }
  std::sort(slots.begin(), slots.end(), Before);

  const auto other = std::find_if(slots.begin(), slots.end(), [&](const Slot& slot) {
    return slot.camera_order != slots.front().camera_order;
  });
  if (other != slots.end()) std::rotate(slots.begin() + 1, other, other + 1);
  std::vector<size_t> order;
  for (const Slot& slot : slots) order.push_back(slot.image);
  return order;
}

size_t ShareOf(double share, size_t count, size_t least) {
  const auto rounded = static_cast<size_t>(std::floor(share * static_cast<double>(count) + 0.5));
  return std::min(count, std::max(rounded, std::min(least, count)));
}

}  // namespace bcr
