#pragma once

#include <optional>
#include <string_view>

#include "datasets/market_name.h"

namespace bcr {

// Base names of data sets that keep a folder for each split. All take the extensions jpg, jpeg and
// png in any case, give identity and camera as spelled, and are empty outside their grammar.

// `PPPP_cC_N.png` of CUHK03-NP: identity, camera, image.
std::optional<MarketName> ParseCuhk03NpName(std::string_view base_name);
// `VVVV_cCCC_FFFFFFFF_K.jpg` of VeRi-776: vehicle, camera, frame, index.
std::optional<MarketName> ParseVeriName(std::string_view base_name);
// `N_cCsS_F.jpg` of MPDD: dog, camera, sequence, frame; one released name has an underscore between
// camera and sequence.
std::optional<MarketName> ParseMpddName(std::string_view base_name);
// `PPPPP_sN_I_H.jpg` of CUHK-SYSU cut into people: identity, scene, box, hard or not. The scene is the
// camera, since every scene is a photograph of its own.
std::optional<MarketName> ParseCuhkSysuName(std::string_view base_name);
// `PPPP_cC` and then anything, of folders of the user's in Market-1501's layout; P is digits or -1.
std::optional<MarketName> ParseLayoutName(std::string_view base_name);

}  // namespace bcr
