#include "reports/picture/sheet.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "reports/markup.h"
#include "reports/picture/palette.h"

namespace bcr::picture {
namespace {

constexpr std::string_view kBegin = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"pic\"";
constexpr double kLargest = 1e12;

std::string Closed(const std::string& element, const std::string& attributes,
                   const std::string& title) {
  if (title.empty()) return fmt::format("<{} {}/>\n", element, attributes);
  return fmt::format("<{0} {1}><title>{2}</title></{0}>\n", element, attributes, XmlText(title));
}

const char* AnchorName(Anchor anchor) {
  return anchor == Anchor::kStart ? "start" : anchor == Anchor::kMiddle ? "middle" : "end";
}

// A closed outline of corners at angles (in turns, from the top, clockwise) and radii.
std::string Outline(Place at, const std::vector<std::pair<double, double>>& corners) {
  std::vector<Place> places;
  for (const auto& [turn, radius] : corners) {
    const double angle = 2 * std::numbers::pi * turn;
    places.push_back({at.x + radius * std::sin(angle), at.y - radius * std::cos(angle)});
  }
  return PathThrough(places) + "Z";
}

// A plus sign of thick bars, turned.
std::string Plus(Place at, double radius, double turn) {
  std::vector<std::pair<double, double>> corners;
  for (int arm = 0; arm < 4; ++arm) {
    const double middle = turn + arm / 4.0;
    corners.insert(corners.end(), {{middle - 0.055, 1.15 * radius},
                                   {middle + 0.055, 1.15 * radius},
                                   {middle + 0.125, 0.5 * radius}});
  }
  return Outline(at, corners);
}

std::string MarkPath(size_t shape, Place at, double r) {
  switch (shape) {
    case 0:
      return fmt::format("M{0} {1}a{2} {2} 0 1 0 {3} 0a{2} {2} 0 1 0 -{3} 0Z", Number(at.x - r),
                         Number(at.y), Number(r), Number(2 * r));
    case 1:
      return Outline(at,
                     {{0.125, 1.25 * r}, {0.375, 1.25 * r}, {0.625, 1.25 * r}, {0.875, 1.25 * r}});
    case 2:
      return Outline(at, {{0, 1.3 * r}, {1 / 3.0, 1.3 * r}, {2 / 3.0, 1.3 * r}});
    case 3:
      return Outline(at, {{0, 1.35 * r}, {0.25, 1.35 * r}, {0.5, 1.35 * r}, {0.75, 1.35 * r}});
    case 4:
      return Outline(at, {{0.5, 1.3 * r}, {5 / 6.0, 1.3 * r}, {1 / 6.0, 1.3 * r}});
    case 5:
      return Plus(at, r, 0);
    case 6:
      return Plus(at, r, 0.125);
    default: {
      std::vector<std::pair<double, double>> star;
      for (int i = 0; i < 10; ++i) star.emplace_back(i / 10.0, (i % 2 == 0 ? 1.45 : 0.65) * r);
      return Outline(at, star);
    }
  }
}

}  // namespace

void Sheet::Line(Place from, Place to, std::string_view classes) {
  body_ += fmt::format("<path class=\"{}\" d=\"{}\"/>\n", classes, PathThrough({from, to}));
}

void Sheet::Box(Place corner, double width, double height, std::string_view classes,
                const std::string& title) {
  body_ += Closed("rect",
                  fmt::format("class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", classes,
                              Number(corner.x), Number(corner.y), Number(width), Number(height)),
                  title);
}

void Sheet::Path(const std::string& data, std::string_view classes, const std::string& title) {
  body_ += Closed("path", fmt::format("class=\"{}\" d=\"{}\"", classes, data), title);
}

void Sheet::Mark(size_t look, Place at, double radius, std::string_view classes,
                 const std::string& title) {
  // Each further round of the palette moves on by one mark: colour and mark never repeat together.
  Path(MarkPath((look + look / kLooks) % kLooks, at, radius), classes, title);
}

void Sheet::Text(Place at, const std::string& text, Anchor anchor, std::string_view classes,
                 const std::string& title) {
  body_ += fmt::format("<text{} x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}{}</text>\n",
                       classes.empty() ? "" : fmt::format(" class=\"{}\"", classes), Number(at.x),
                       Number(at.y), AnchorName(anchor),
                       title.empty() ? "" : "<title>" + XmlText(title) + "</title>", XmlText(text));
}

void Sheet::TurnedText(Place at, const std::string& text, std::string_view classes) {
  body_ += fmt::format(
      "<text class=\"{}\" transform=\"translate({} {}) rotate(-90)\" text-anchor=\"middle\">{}"
      "</text>\n",
      classes, Number(at.x), Number(at.y), XmlText(text));
}

std::string Sheet::Svg(double width, double height, const Texts& texts) const {
  return fmt::format(
      "{} role=\"img\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\">\n<title>{}</title>\n"
      "<desc>{}</desc>\n<style>{}</style>\n{}</svg>\n",
      kBegin, Number(width), Number(height), Number(width), Number(height), XmlText(texts.title),
      XmlText(texts.about), Style(), body_);
}

std::string MessageSvg(const Texts& texts, const std::string& message) {
  Sheet sheet;
  sheet.Text({320, 44}, message, Anchor::kMiddle, "soft");
  return sheet.Svg(640, 80,
                   {texts.title, texts.about + (texts.about.empty() ? "" : " ") + message});
}

bool IsPicture(std::string_view text) { return text.starts_with(kBegin); }

std::string Number(double value) {
  std::string text = fmt::format("{:.2f}", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string PathThrough(const std::vector<Place>& places) {
  std::string data;
  for (const Place& place : places) {
    data += (data.empty() ? "M" : "L") + Number(place.x) + " " + Number(place.y);
  }
  return data;
}

double TextWidth(std::string_view text, double size) {
  double width = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80) continue;  // inside a character
    width += byte >= 0xE0 ? 1.0 : 0.6;    // scripts beyond Latin, Greek and Cyrillic are wide
  }
  return size * width;
}

std::string ColourClass(size_t look) { return fmt::format("c{}", look % kLooks); }

bool Drawable(double value) { return std::isfinite(value) && std::abs(value) <= kLargest; }

}  // namespace bcr::picture
