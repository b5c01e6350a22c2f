#include "datasets/list_line.h"

#include <algorithm>

#include "datasets/name_cursor.h"

namespace bcr {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

std::vector<ListLine> LinesOf(std::string_view text) {
  std::vector<ListLine> lines;
  size_t number = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    ++number;
    const std::string_view line = Trimmed(text.substr(0, end));
    if (!line.empty()) lines.push_back({number, line});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool IsPathBelow(std::string_view path) {
  const bool printable =
      std::all_of(path.begin(), path.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  if (!printable) return false;
  while (true) {
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

std::optional<LabelledPath> ParseLabelledPath(std::string_view line) {
  const size_t end = line.find_first_of(kBlanks);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view path = line.substr(0, end);
  const std::string_view label = Trimmed(line.substr(end));
  NameCursor cursor(label);
  if (!IsPathBelow(path) || cursor.Digits().empty() || !cursor.rest().empty()) return std::nullopt;
  return LabelledPath{std::string(path), std::string(label)};
}

std::optional<VehicleImage> ParseVehicleInfo(std::string_view line) {
  NameCursor cursor(line);
  const std::string_view vehicle = cursor.Digits();
  if (vehicle.empty() || !cursor.Literal("/")) return std::nullopt;
  const std::string_view image = cursor.Digits();
  if (image.empty() || !cursor.Literal(";")) return std::nullopt;
  const std::string_view camera = cursor.Digits();
  if (camera.empty()) return std::nullopt;
  if (!cursor.rest().empty() && !cursor.Literal(";")) return std::nullopt;
  return VehicleImage{std::string(vehicle), std::string(image), std::string(camera)};
}

std::optional<VehicleImage> ParseVehiclePath(std::string_view line) {
  NameCursor cursor(line);
  const std::string_view vehicle = cursor.Digits();
  if (vehicle.empty() || !cursor.Literal("/")) return std::nullopt;
  const std::string_view image = cursor.Digits();
  if (image.empty()) return std::nullopt;
  if (!cursor.rest().empty() && cursor.rest() != ".jpg") return std::nullopt;
  return VehicleImage{std::string(vehicle), std::string(image), ""};
}

}  // namespace bcr
