#include "harness/nn/torch_edge.h"

#include <ATen/ATen.h>

#include <new>

#include "harness/core/error.h"

namespace bcr {
namespace {

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

[[noreturn]] void ThrowMemory(const std::string& where, const std::string& found) {
  throw Error(ErrorCode::kConfig, {where, "memory ran out (" + found + ")", "enough memory",
                                   "Lower the batch size or the image size."});
}

[[noreturn]] void ThrowTorch(const std::string& where, const std::string& message) {
  const std::string found = FirstLine(message);
  if (found.find("out of memory") != std::string::npos ||
      found.find("can't allocate memory") != std::string::npos)
    ThrowMemory(where, found);
  throw Error(ErrorCode::kInternal, {where, "LibTorch failed: " + found, "a valid operation",
                                     "This is a bug of bcreid; please report it."});
}

}  // namespace

void TranslateTorch(const std::function<void()>& work, const std::string& where) {
  try {
    work();
  } catch (const Error&) {
    throw;
  } catch (const c10::Error& e) {
    ThrowTorch(where, e.what_without_backtrace());
  } catch (const std::bad_alloc& e) {
    ThrowMemory(where, e.what());
  } catch (const std::runtime_error& e) {
    ThrowTorch(where, e.what());
  }
}

}  // namespace bcr
