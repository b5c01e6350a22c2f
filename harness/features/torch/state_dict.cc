#include "harness/features/torch/state_dict.h"

#include <fmt/format.h>

#include "harness/features/torch/torch_refusal.h"

namespace bcr::internal {
namespace {

using Kind = PickleValue::Kind;

// What projects call the weights in a checkpoint: torchreid and timm, fast-reid and BoT, others.
constexpr const char* kUsualKeys[] = {"state_dict", "model",   "model_state_dict",
                                      "net",        "network", "weights"};
constexpr size_t kDeepest = 4;
constexpr size_t kShown = 8;

const char* KindText(Kind kind) {
  switch (kind) {
    case Kind::kNone:
      return "None";
    case Kind::kBool:
    case Kind::kNumber:
      return "a number";
    case Kind::kText:
      return "a text";
    case Kind::kTuple:
    case Kind::kList:
      return "a list";
    case Kind::kDict:
      return "a dict";
    case Kind::kTensor:
      return "a tensor";
    case Kind::kName:
    case Kind::kStorage:
      break;
  }
  return "no tensor";
}

bool HoldsTensors(const PickleTree& tree, const PickleValue& dict) {
  for (size_t i = 1; i < dict.items.size(); i += 2)
    if (tree[dict.items[i]].kind == Kind::kTensor) return true;
  return false;
}

// The value of a text key; null where the dict has none that is a dict itself.
const PickleValue* DictUnder(const PickleTree& tree, const PickleValue& dict, const char* key) {
  for (size_t i = 0; i < dict.items.size(); i += 2) {
    const PickleValue &name = tree[dict.items[i]], &value = tree[dict.items[i + 1]];
    if (name.kind == Kind::kText && name.text == key && value.kind == Kind::kDict) return &value;
  }
  return nullptr;
}

std::string KeysOf(const PickleTree& tree, const PickleValue& dict) {
  std::string text;
  for (size_t i = 0; i < dict.items.size() && i < 2 * kShown; i += 2) {
    const PickleValue& key = tree[dict.items[i]];
    const std::string name = key.kind == Kind::kText ? Shortened(key.text) : "a number";
    text += fmt::format("{}`{}` ({})", text.empty() ? "" : ", ", name,
                        KindText(tree[dict.items[i + 1]].kind));
  }
  return text + (dict.items.size() > 2 * kShown ? ", ..." : "");
}

void Collect(const PickleTree& tree, const PickleValue& dict, const std::string& where,
             StateDict& state) {
  for (size_t i = 0; i < dict.items.size(); i += 2) {
    const PickleValue &key = tree[dict.items[i]], &value = tree[dict.items[i + 1]];
    if (key.kind != Kind::kText) RefuseForm(where, "a tensor by number", "tensors by name");
    const std::string name(key.text);
    if (value.kind != Kind::kTensor)
      RefuseForm(where,
                 fmt::format("`{}`, {}, among the weights", Shortened(name), KindText(value.kind)),
                 "tensors alone");
    const PickledTensor& tensor = tree.tensors[static_cast<size_t>(value.number)];
    if (!state.tensors.emplace(name, &tensor).second)
      RefuseDamage(where, "`" + Shortened(name) + "` twice", "each tensor once");
  }
}

}  // namespace

StateDict FindStateDict(const PickleTree& tree, const std::string& where) {
  StateDict state;
  const PickleValue* dict = &tree[tree.root];
  if (dict->kind != Kind::kDict)
    RefuseForm(where, std::string(KindText(dict->kind)) + " instead of weights by name",
               "a state dict, or a dict that holds one");
  for (size_t depth = 0; depth < kDeepest && !HoldsTensors(tree, *dict); ++depth) {
    const PickleValue* inner = nullptr;
    for (const char* key : kUsualKeys) {
      if ((inner = DictUnder(tree, *dict, key)) == nullptr) continue;
      state.keys += (state.keys.empty() ? "" : ".") + std::string(key);
      break;
    }
    if (inner == nullptr) break;
    dict = inner;
  }
  if (!HoldsTensors(tree, *dict))
    RefuseForm(where, dict->items.empty() ? "an empty dict" : KeysOf(tree, *dict),
               "a state dict, or a dict that holds one under `state_dict` or `model`");
  Collect(tree, *dict, where, state);
  return state;
}

}  // namespace bcr::internal
