#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bcr {

// The camera that a base name of MSMT17 says, as spelled ("01"): `PPPP_III_CC_rest.jpg` with digits
// for identity, image and a two-digit camera. Empty when the name is outside the grammar.
std::optional<std::string> ParseMsmtCamera(std::string_view base_name);

}  // namespace bcr
