#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bcr {

// A line of a data set's list file.
struct ListLine {
  size_t number = 0;  // from 1
  std::string_view text;
};

// The lines of a text, without their ends (LF or CRLF) and blanks around them; empty ones are left
// out. The views point into `text`.
std::vector<ListLine> LinesOf(std::string_view text);

// Whether it is a path of printable ASCII below some folder: '/'-separated, no part empty, "." or
// "..", not absolute. A list from elsewhere names nothing outside its data.
bool IsPathBelow(std::string_view path);

// What a line "path label" says, as in MSMT17's and VehicleID's lists: a path as above without
// blanks, one or more blanks, and digits.
struct LabelledPath {
  std::string path;
  std::string label;
};
std::optional<LabelledPath> ParseLabelledPath(std::string_view line);

// What a line of VERI-Wild's vehicle_info.txt says: "vehicle/image;camera;..." with digits for all
// three; what stands behind a second semicolon is not read.
struct VehicleImage {
  std::string vehicle, image, camera;
};
std::optional<VehicleImage> ParseVehicleInfo(std::string_view line);

// What a line of VERI-Wild's lists says: "vehicle/image", both digits, with or without ".jpg".
// The camera is empty.
std::optional<VehicleImage> ParseVehiclePath(std::string_view line);

}  // namespace bcr
