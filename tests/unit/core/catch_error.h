#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "harness/core/error.h"

namespace bcr::test {

// What `run` throws, which must be a bcr::Error.
inline Error CatchError(const std::function<void()>& run) {
  try {
    run();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error was thrown";
  return Error(ErrorCode::kInternal, {"no error", "", "", ""});
}

inline std::string MessageOf(const std::function<void()>& run) { return CatchError(run).what(); }

}  // namespace bcr::test
