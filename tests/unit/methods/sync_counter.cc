#include "tests/unit/methods/sync_counter.h"

#include <ATen/record_function.h>

#include <mutex>
#include <set>

namespace bcr::testing {

namespace {

constexpr char kFusedAdam[] = "aten::_fused_adam";  // _fused_adam_ and _fused_adamw_
// The gradient of a conversion names the device that it goes back to. Where a conversion moves its
// input, that was counted on the way forward.
constexpr char kConversion[] = "ToCopyBackward0";

std::mutex g_mutex;
std::map<std::string, int64_t> g_calls;
int64_t g_moves = 0;
thread_local int g_inside_adam = 0, g_inside_conversion = 0;

bool Waits(const std::string& name) {
  static const std::set<std::string> waiting = {"aten::_local_scalar_dense",
                                                "aten::nonzero",
                                                "aten::nonzero_numpy",
                                                "aten::equal",
                                                "aten::_unique",
                                                "aten::_unique2",
                                                "aten::unique_dim",
                                                "aten::unique_consecutive",
                                                "aten::masked_select",
                                                "aten::bincount",
                                                "aten::allclose"};
  return waiting.count(name) > 0;
}

bool NamesADevice(const at::RecordFunction& function) {
  for (const c10::IValue& input : function.inputs()) {
    if (input.isDevice()) return true;
  }
  return false;
}

struct Context : at::ObserverContext {
  bool adam = false, conversion = false;
};

std::unique_ptr<at::ObserverContext> Begin(const at::RecordFunction& function) {
  const std::string name = function.name();
  auto context = std::make_unique<Context>();
  context->adam = name.starts_with(kFusedAdam);
  if (context->adam) ++g_inside_adam;
  context->conversion = name == kConversion;
  if (context->conversion) ++g_inside_conversion;
  if (g_inside_adam == 0 && Waits(name)) {
    const std::lock_guard<std::mutex> lock(g_mutex);
    ++g_calls[name];
  }
  if (g_inside_conversion == 0 && name == "aten::to" && NamesADevice(function)) {
    const std::lock_guard<std::mutex> lock(g_mutex);
    ++g_moves;
  }
  return context;
}

void End(const at::RecordFunction&, at::ObserverContext* context) {
  if (static_cast<Context*>(context)->adam) --g_inside_adam;
  if (static_cast<Context*>(context)->conversion) --g_inside_conversion;
}

}  // namespace

SyncCounter::SyncCounter() {
  g_calls.clear();
  g_moves = 0;
  handle_ = at::addGlobalCallback(
      at::RecordFunctionCallback(&Begin, &End)
          .needsInputs(true)
          .scopes({at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION}));
}

SyncCounter::~SyncCounter() { at::removeCallback(handle_); }

int64_t SyncCounter::count() const {
  const std::lock_guard<std::mutex> lock(g_mutex);
  int64_t sum = 0;
  for (const auto& [name, calls] : g_calls) sum += calls;
  return sum;
}

int64_t SyncCounter::moves() const {
  const std::lock_guard<std::mutex> lock(g_mutex);
  return g_moves;
}

std::string SyncCounter::Describe() const {
  const std::lock_guard<std::mutex> lock(g_mutex);
  std::string text;
  for (const auto& [name, calls] : g_calls)
    text += (text.empty() ? "" : ", ") + name + " " + std::to_string(calls);
  return text;
}

}  // namespace bcr::testing
