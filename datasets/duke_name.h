#pragma once

#include <optional>
#include <string_view>

#include "datasets/market_name.h"

namespace bcr {

// Parses `PPPP_cC_fFFFFFFF.jpg`, the names of DukeMTMC-reID: identity, camera and frame, each one or
// more digits; extension jpg, jpeg or png in any case. `base_name` must not hold a folder. Empty
// when the name is outside the grammar.
std::optional<MarketName> ParseDukeName(std::string_view base_name);

}  // namespace bcr
