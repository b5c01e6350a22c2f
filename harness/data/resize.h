#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bcr {

struct DecodedImage;

// How images are brought to the size that a network sees:
//   area             area averaging along each side that shrinks, then bilinear along each that grows
//   bilinear         OpenCV's INTER_LINEAR: two neighbours along each side, however much it shrinks
//   bicubic          OpenCV's INTER_CUBIC: four neighbours (a = -0.75)
//   pillow-bilinear  Pillow's BILINEAR, what torchvision's Resize does to a picture: antialiased
//   pillow-bicubic   Pillow's BICUBIC (a = -0.5), likewise
inline constexpr char kUsualResize[] = "area";
const std::vector<std::string>& ResizeNames();
// Throws kConfig, with a suggestion, for a name that is none of these. `where` names the place.
void CheckResize(const std::string& name, const std::string& where);

// Resizes to height x width: H x W x 3 bytes into `out`. REQUIRES: one of the names.
void ResizeImage(const DecodedImage& image, int height, int width, uint8_t* out,
                 const std::string& resize = kUsualResize);

}  // namespace bcr
