#include "harness/data/contact_sheet.h"

#include <algorithm>

#include "harness/data/image_store.h"
#include "harness/data/png.h"

namespace bcr {
namespace {

constexpr int kLine = 2;  // pixels between images, and around them

}  // namespace

ContactSheet::ContactSheet(int rows, int columns, int image_height, int image_width)
    : rows_(rows),
      columns_(columns),
      height_(image_height),
      width_(image_width),
      sheet_height_(rows * (image_height + kLine) + kLine),
      sheet_width_(columns * (image_width + kLine) + kLine),
      rgb_(static_cast<size_t>(sheet_height_) * static_cast<size_t>(sheet_width_) * 3, 255) {}

void ContactSheet::Add(const uint8_t* rgb) {
  if (filled_ == rows_ * columns_) return;
  const int top = kLine + filled_ / columns_ * (height_ + kLine);
  const int left = kLine + filled_ % columns_ * (width_ + kLine);
  ++filled_;
  const auto line = static_cast<size_t>(width_) * 3;
  for (int row = 0; row < height_; ++row) {
    const size_t place = static_cast<size_t>(top + row) * static_cast<size_t>(sheet_width_) +
                         static_cast<size_t>(left);
    std::copy_n(rgb + static_cast<size_t>(row) * line, line, rgb_.data() + 3 * place);
  }
}

std::string ContactSheet::Png() const {
  return EncodePng(rgb_.data(), sheet_height_, sheet_width_);
}

std::string SheetOfFirst(const ImageStore& images) {
  constexpr int kRows = 8, kColumns = 16;
  ContactSheet sheet(kRows, kColumns, images.height(), images.width());
  const size_t shown = std::min<size_t>(images.size(), kRows * kColumns);
  for (size_t row = 0; row < shown; ++row) sheet.Add(images.pixels(row));
  return sheet.Png();
}

}  // namespace bcr
