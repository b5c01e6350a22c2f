#pragma once

#include <array>
#include <string>

#include "harness/core/json.h"

namespace at {
class Tensor;
}

namespace bcr {

// What a network of another project wants to see, and which of its outputs is the feature. Read from
// a small JSON file beside the model, MODEL.json; every key may be absent.
//   {"height": 256, "width": 128,            pixels
//    "resize": "area",                       how images come to that size (harness/data/resize.h)
//    "channels": "RGB",                      or "BGR"
//    "scale": 255,                           pixels of 0 to 255 are divided by this first
//    "mean": [0.485, 0.456, 0.406], "deviation": [0.229, 0.224, 0.225],   in that order of channels
//    "output": "0"}                          place (from 0) or name, where there are several
struct ModelInput {
  int height = 256, width = 128;
  std::string resize = "area";
  bool bgr = false;
  double scale = 255;
  std::array<double, 3> mean = {0.485, 0.456, 0.406};
  std::array<double, 3> deviation = {0.229, 0.224, 0.225};
  std::string output;  // "" where the file does not say
};

struct FoundInput {
  ModelInput input;
  bool says_height = false, says_width = false;  // the file does; otherwise they are assumed
  std::string told;  // one line for people: what was read from which file, or assumed
};

// Reads MODEL.json where there is one. Throws kConfig for unknown keys and values out of range.
FoundInput FindModelInput(const std::string& model_file);
// The same line for another `input`, where the model itself tells what its file does not.
std::string InputText(const std::string& model_file, const ModelInput& input);
Json ModelInputJson(const ModelInput& input);
// Whether colours come as our own loaders give them: RGB by ImageNet's statistics.
bool IsUsualInput(const ModelInput& input);

// Images as our loaders give them (n x 3 x H x W, RGB, ImageNet's statistics), as this network wants
// them; the very same tensor where it wants just that.
at::Tensor AsInput(const at::Tensor& images, const ModelInput& input);

}  // namespace bcr
