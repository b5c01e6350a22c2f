#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bcr {

// Many small images of one size on one picture, for people to look at: row by row, with a white line between
// them.
class ContactSheet {
 public:
  ContactSheet(int rows, int columns, int image_height, int image_width);
  // The next image, H x W x 3 bytes. Those that find no place are left out.
  void Add(const uint8_t* rgb);
  // The picture as the bytes of a PNG file; places that were not filled are white.
  std::string Png() const;

 private:
  int rows_, columns_, height_, width_, filled_ = 0;
  int sheet_height_, sheet_width_;
  std::vector<uint8_t> rgb_;
};

class ImageStore;

// A sheet of the first images of a store, 8 rows of 16, as the bytes of a PNG file.
std::string SheetOfFirst(const ImageStore& images);

}  // namespace bcr
