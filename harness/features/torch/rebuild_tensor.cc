#include "harness/features/torch/rebuild_tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/features/torch/pickle_names.h"
#include "harness/features/torch/torch_refusal.h"

namespace bcr::internal {
namespace {

using Kind = PickleValue::Kind;

constexpr size_t kMaxDimensions = 16;

bool IsCount(const PickleValue& value) {
  return value.kind == Kind::kNumber && value.whole && value.number >= 0;
}

[[noreturn]] void Damaged(const std::string& where, const std::string& found) {
  RefuseDamage(where, found, "a tensor within its storage");
}

std::vector<int64_t> Counts(const PickleTree& tree, PickleId id, const std::string& where) {
  const PickleValue& tuple = tree[id];
  std::vector<int64_t> counts;
  if (tuple.kind != Kind::kTuple || tuple.items.size() > kMaxDimensions)
    Damaged(where, "a tensor whose shape or strides are no short tuple");
  for (const PickleId item : tuple.items) {
    if (!IsCount(tree[item])) Damaged(where, "a shape or stride that is no count");
    counts.push_back(tree[item].number);
  }
  return counts;
}

// The number of elements, and the last one's place from the first; nothing where they cannot be
// counted.
struct Extent {
  int64_t elements = 1, last = 0;
};
bool Measure(const PickledTensor& tensor, Extent& extent) {
  // Counted as if empty sides were 1, as tensors of LibTorch are.
  bool empty = false;
  for (size_t i = 0; i < tensor.shape.size(); ++i) {
    int64_t reach = 0;
    const int64_t side = std::max<int64_t>(tensor.shape[i], 1);
    empty = empty || tensor.shape[i] == 0;
    if (__builtin_mul_overflow(extent.elements, side, &extent.elements) ||
        __builtin_mul_overflow(side - 1, tensor.strides[i], &reach) ||
        __builtin_add_overflow(extent.last, reach, &extent.last))
      return false;
  }
  if (empty) extent = {0, 0};
  return true;
}

void RequireWithin(const PickledTensor& tensor, const std::string& where) {
  Extent extent;
  const auto elements = static_cast<int64_t>(tensor.elements);
  const auto offset = static_cast<int64_t>(tensor.offset);
  int64_t bytes = 0;
  const bool counted =
      Measure(tensor, extent) &&
      !__builtin_mul_overflow(elements, static_cast<int64_t>(BytesOfDtype(tensor.dtype)), &bytes);
  if (counted && offset <= elements && extent.elements <= elements &&
      (extent.elements == 0 || extent.last < elements - offset))
    return;
  Damaged(where, fmt::format("a tensor of shape [{}] and strides [{}] from element {} of {}",
                             fmt::join(tensor.shape, ", "), fmt::join(tensor.strides, ", "),
                             tensor.offset, tensor.elements));
}

}  // namespace

bool IsStorage(const PickleTree& tree, const std::vector<PickleId>& items) {
  if (items.size() != 5) return false;
  const PickleValue &word = tree[items[0]], &type = tree[items[1]], &name = tree[items[2]];
  return word.kind == Kind::kText && word.text == "storage" && type.kind == Kind::kName &&
         PickleNameAt(static_cast<size_t>(type.number)).use == NameUse::kStorage &&
         name.kind == Kind::kText && IsCount(tree[items[4]]);
}

PickledTensor RebuildTensor(const PickleTree& tree, const std::vector<PickleId>& arguments,
                            const std::string& where) {
  if (arguments.size() < 6 || arguments.size() > 7 || tree[arguments[0]].kind != Kind::kStorage ||
      !IsCount(tree[arguments[1]]))
    Damaged(where, "a tensor that is made of something else");
  const std::vector<PickleId>& storage = tree[arguments[0]].items;
  PickledTensor tensor;
  tensor.dtype = PickleNameAt(static_cast<size_t>(tree[storage[1]].number)).dtype;
  tensor.storage = tree[storage[2]].text;
  tensor.elements = static_cast<uint64_t>(tree[storage[4]].number);
  tensor.offset = static_cast<uint64_t>(tree[arguments[1]].number);
  tensor.shape = Counts(tree, arguments[2], where);
  tensor.strides = Counts(tree, arguments[3], where);
  if (tensor.shape.size() != tensor.strides.size())
    Damaged(where, "a tensor with more sides than strides, or fewer");
  RequireWithin(tensor, where);
  return tensor;
}

}  // namespace bcr::internal
