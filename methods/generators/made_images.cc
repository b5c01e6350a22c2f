#include "methods/generators/made_images.h"

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {

namespace {

class MadeImages : public ImageStore {
 public:
  MadeImages(MappedFile file, const std::string& name, int height, int width)
      : file_(std::move(file)), height_(height), width_(width) {
    for (size_t i = 0; i * Size() < file_.size(); ++i)
      images_.push_back({fmt::format("{}-{:06}", name, i), "", ""});
  }

  size_t size() const override { return images_.size(); }
  int height() const override { return height_; }
  int width() const override { return width_; }
  const uint8_t* pixels(size_t row) const override { return file_.data() + row * Size(); }
  const std::vector<ImageRecord>& images() const override { return images_; }
  const std::vector<std::string>& bad_images() const override { return bad_; }

 private:
  size_t Size() const { return static_cast<size_t>(height_) * static_cast<size_t>(width_) * 3; }

  const MappedFile file_;
  const int height_, width_;
  std::vector<ImageRecord> images_;
  const std::vector<std::string> bad_;
};

}  // namespace

std::unique_ptr<ImageStore> OpenMadeImages(const std::string& folder, const std::string& name,
                                           int height, int width) {
  const std::string path = JoinPath(folder, kMadeImagesFile);
  MappedFile file(path);
  const size_t size = static_cast<size_t>(height) * static_cast<size_t>(width) * 3;
  if (file.size() == 0 || file.size() % size != 0) {
    throw Error(ErrorCode::kData,
                {path, fmt::format("{} bytes", file.size()),
                 fmt::format("images of {} x {} x 3 bytes each", height, width), ""});
  }
  return std::make_unique<MadeImages>(std::move(file), name, height, width);
}

}  // namespace bcr
