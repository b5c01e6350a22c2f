#include "reports/picture/palette.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bcr::picture {
namespace {

int HexDigit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

double Luminance(std::string_view colour) {
  static constexpr std::array<double, 3> kWeights = {0.2126, 0.7152, 0.0722};
  double sum = 0;
  for (size_t i = 0; i < 3; ++i) {
    const double share = (16 * HexDigit(colour[1 + 2 * i]) + HexDigit(colour[2 + 2 * i])) / 255.0;
    sum +=
        kWeights[i] * (share <= 0.03928 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4));
  }
  return sum;
}

// A renderer that does not know custom properties keeps the first of the two.
std::string Rule(const std::string& selector, std::string_view property, const std::string& name,
                 std::string_view light) {
  return fmt::format("{0}{{{1}:{3};{1}:var(--pic-{2},{3})}}", selector, property, name, light);
}

constexpr std::string_view kShapes =
    ".pic text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}"
    ".pic .small{font-size:11px}"
    ".pic .label{stroke-width:4px;stroke-linejoin:round;paint-order:stroke}"
    ".pic .grid,.pic .axis,.pic .mark{fill:none}.pic .mark{stroke-dasharray:2 3}"
    ".pic .line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round}"
    ".pic .thin{fill:none;stroke:currentColor;stroke-width:1.25}"
    ".pic .dashed{stroke-dasharray:7 4}"
    ".pic .area{fill:currentColor;fill-opacity:.16;stroke:none}"
    ".pic .shade{fill:currentColor;fill-opacity:.3;stroke:none}"
    ".pic .dot{fill:currentColor;stroke:none}"
    ".pic .ring{fill:none;stroke:currentColor;stroke-width:1.5}";

std::string BuildStyle() {
  const Scheme& light = LightScheme();
  std::string css(kShapes);
  css += Rule(".pic text", "fill", "ink", light.ink);
  css += Rule(".pic .soft", "fill", "soft", light.soft);
  // Text over lines keeps an edge of paper around it.
  css += Rule(".pic .label", "stroke", "paper", light.paper);
  css += Rule(".pic .grid", "stroke", "grid", light.grid);
  css += Rule(".pic .axis,.pic .mark", "stroke", "soft", light.soft);
  css += Rule(".pic .hollow", "fill", "paper", light.paper);
  for (size_t i = 0; i < kLooks; ++i)
    css += Rule(fmt::format(".pic .c{}", i), "color", std::to_string(i), light.series[i]);
  for (size_t i = 0; i < kHeatSteps; ++i) {
    css += Rule(fmt::format(".pic .h{}", i), "fill", fmt::format("h{}", i), light.heat[i]);
    css += Rule(fmt::format(".pic .t{}", i), "fill", fmt::format("t{}", i), InkOn(light.heat[i]));
  }
  // Only a file of its own has the picture as its root; a page sets the properties itself.
  css += Rule("svg.pic:root", "background", "paper", light.paper);
  return css + "@media screen and (prefers-color-scheme:dark){svg.pic:root{" + DarkProperties() +
         "}}";
}

std::string BuildDark() {
  const Scheme& dark = DarkScheme();
  std::string text = fmt::format("--pic-paper:{};--pic-ink:{};--pic-soft:{};--pic-grid:{};",
                                 dark.paper, dark.ink, dark.soft, dark.grid);
  for (size_t i = 0; i < kLooks; ++i) text += fmt::format("--pic-{}:{};", i, dark.series[i]);
  for (size_t i = 0; i < kHeatSteps; ++i)
    text += fmt::format("--pic-h{0}:{1};--pic-t{0}:{2};", i, dark.heat[i], InkOn(dark.heat[i]));
  return text;
}

}  // namespace

const Scheme& LightScheme() {
  static const Scheme scheme = {
      "#ffffff",
      "#1a1a1a",
      "#555555",
      "#e2e2e2",
      {"#0060a8", "#c04a00", "#007a5a", "#8a3d8f", "#7a5a00", "#0086b3", "#c0307a", "#555555"},
      {"#f1f5fa", "#dde8f4", "#c3d8ec", "#a1c3e1", "#78a9d2", "#4f8dc0", "#2f70aa", "#17538c",
       "#08366b"}};
  return scheme;
}

const Scheme& DarkScheme() {
  static const Scheme scheme = {
      "#15181c",
      "#e8e8e8",
      "#b0b5bb",
      "#343a41",
      {"#6cb4ff", "#ff9d5c", "#4fd1a5", "#d99ae0", "#e0c04a", "#7fd6f0", "#ff8fbd", "#bbbbbb"},
      {"#1d2833", "#22384c", "#284a68", "#305e87", "#3b74a6", "#4f8dc3", "#6fa8da", "#99c5ec",
       "#cbe4fb"}};
  return scheme;
}

double Contrast(std::string_view a, std::string_view b) {
  const double first = Luminance(a), second = Luminance(b);
  return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

std::string_view InkOn(std::string_view colour) {
  return Contrast(colour, "#000000") >= Contrast(colour, "#ffffff") ? "#000000" : "#ffffff";
}

const std::string& Style() {
  static const std::string style = BuildStyle();
  return style;
}

const std::string& DarkProperties() {
  static const std::string properties = BuildDark();
  return properties;
}

}  // namespace bcr::picture
