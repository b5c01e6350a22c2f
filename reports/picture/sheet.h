#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bcr::picture {

// What a picture is called and what it shows, for people who hear it read out.
struct Texts {
  std::string title;
  std::string about;
};

struct Place {
  double x = 0, y = 0;
};

enum class Anchor { kStart, kMiddle, kEnd };

// Elements of an SVG picture as text, in user units; y grows downwards. Text of any origin is
// escaped here, class names are ours. Every coordinate must be finite.
class Sheet {
 public:
  void Line(Place from, Place to, std::string_view classes);
  // `title` is what a pointer over the element shows; none where it is empty.
  void Box(Place corner, double width, double height, std::string_view classes,
           const std::string& title = "");
  void Path(const std::string& data, std::string_view classes, const std::string& title = "");
  // The mark of a look (a circle, a square, ...) around a place.
  void Mark(size_t look, Place at, double radius, std::string_view classes,
            const std::string& title = "");
  void Text(Place at, const std::string& text, Anchor anchor, std::string_view classes = "",
            const std::string& title = "");
  // Reads upwards, centred at the place.
  void TurnedText(Place at, const std::string& text, std::string_view classes = "");

  // The whole picture: one <svg> element with its style, for a page or as a file.
  std::string Svg(double width, double height, const Texts& texts) const;

 private:
  std::string body_;
};

// A picture that says `message`: what is drawn where there is nothing to draw.
std::string MessageSvg(const Texts& texts, const std::string& message);

// Whether `text` begins as Svg's does.
bool IsPicture(std::string_view text);

// A coordinate with at most two decimals, in the shortest way.
std::string Number(double value);
// "M1 2L3 4": a line through the places.
std::string PathThrough(const std::vector<Place>& places);
// About how wide a text is; fonts differ, so leave some air.
double TextWidth(std::string_view text, double size = 12);
// "c3": the class of a look's colour. Looks beyond the palette have its colours again, with other
// marks.
std::string ColourClass(size_t look);
// Whether a number can be drawn: finite, and not so large that steps of an axis drown in it.
bool Drawable(double value);

}  // namespace bcr::picture
