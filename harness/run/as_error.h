#pragma once

#include <exception>
#include <string>

#include "harness/core/error.h"

namespace bcr {

// `failure` as the project's own type: an Error stays what it is, everything else (memory, files, a
// library's own) becomes kInternal, with `where` naming what was being done.
Error AsError(const std::exception& failure, const std::string& where);

}  // namespace bcr
