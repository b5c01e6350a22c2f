#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bcr {

// What a base name of the Market-1501 grammar says. Both fields exactly as spelled: "0002", "-1";
// "1", "12".
struct MarketName {
  std::string identity;
  std::string camera;
};

// Parses `PPPP_cCsS_FFFFFF_BB.jpg`: P digits or `-1`, C one or more camera digits, then sequence,
// frame and box, each one or more digits; extension jpg, jpeg or png in any case. `base_name` must
// not hold a folder: a parent such as `run_07_c3/` says nothing about the image. Empty when the
// name is outside the grammar.
std::optional<MarketName> ParseMarketName(std::string_view base_name);

}  // namespace bcr
