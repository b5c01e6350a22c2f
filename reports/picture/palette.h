#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace bcr::picture {

// The colours of pictures on light and on dark paper. Series differ for colour-blind readers too,
// and every colour has a contrast of at least 3 to 1 to its paper.

inline constexpr size_t kLooks = 8;        // colours, and shapes of marks
inline constexpr size_t kNeutralLook = 7;  // grey: for what a picture compares with
inline constexpr size_t kHeatSteps = 9;    // of a heat map, low to high

struct Scheme {
  std::string_view paper, ink, soft, grid;  // soft: titles of axes and other second things
  std::array<std::string_view, kLooks> series;
  std::array<std::string_view, kHeatSteps> heat;
};
const Scheme& LightScheme();
const Scheme& DarkScheme();

// Contrast of two colours "#rrggbb" as WCAG 2 defines it: 1 to 21.
double Contrast(std::string_view a, std::string_view b);
// Black or white, whichever reads better on `colour`.
std::string_view InkOn(std::string_view colour);

// The one stylesheet that every picture carries. All colours are custom properties (--pic-...) with
// the light ones as fallback; in a file of its own a picture follows the reader's colour scheme.
const std::string& Style();
// "--pic-ink:#e8e8e8;..." with the dark values: what a page sets where it is dark.
const std::string& DarkProperties();

}  // namespace bcr::picture
