#pragma once

#include <string>

#include "reports/change_figures.h"

namespace bcr {

// How many get worse, as one sentence or two.
std::string ChangesHead(const ChangeFigures& figures);

// Who gets worse, as text that ends with a line break: always the identities that lose most, at
// most kIdentitiesShown of them; with `all`, everything that the section lists.
inline constexpr int kIdentitiesShown = 10;
std::string ChangesText(const ChangeFigures& figures, bool all);

}  // namespace bcr
