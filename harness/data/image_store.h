#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/dataset.h"

namespace bcr {

// What happens with an unreadable or truncated image: stop, naming it, or leave it out, counted
// (the run is then unofficial).
enum class OnBadImage { kFail, kSkip };

// All images of one split, decoded to RGB, resized to height x width (resize.h) and
// packed as uint8 H x W x 3 in one memory-mapped file, in the split's order.
// Training epochs and extraction read it without decoding again.
class ImageStore {
 public:
  virtual ~ImageStore() = default;
  virtual size_t size() const = 0;  // images kept
  virtual int height() const = 0;
  virtual int width() const = 0;
  // height * width * 3 bytes. Called from several threads. Throws kData where they are damaged.
  virtual const uint8_t* pixels(size_t row) const = 0;
  virtual const std::vector<ImageRecord>& images() const = 0;      // kept images, in order
  virtual const std::vector<std::string>& bad_images() const = 0;  // names left out (kSkip)
};

struct PackOptions {
  int height = 64, width = 32;
  std::string resize = "area";  // one of ResizeNames()
  OnBadImage on_bad_image = OnBadImage::kFail;
  int threads = 0;
  bool quiet = false;
  bool read_all = false;  // compare every pixel with its hash before any is used
};

// Opens `folder`/images.bin + images.json where they are whole and fit (dataset hash and stamp,
// size, decoder revision); makes them otherwise (atomically, DONE last: see core/manifest.h, as an
// artefact of the folder's own name). What is damaged is told on stderr and made anew. Pixels are
// compared with their hashes block by block when they are first asked for: `pixels` throws kData
// where a block has changed, and opening with `read_all` then makes them anew. Throws kData naming
// the first bad images, up to ten, under kFail, and for pictures that replaced those packed before
// under the same data set hash.
std::unique_ptr<ImageStore> OpenImageStore(const Dataset& dataset, Split split,
                                           const std::string& folder, const PackOptions& options);

// Decodes one encoded image to 8-bit RGB of its own size. Grey is replicated, alpha dropped, EXIF
// rotation applied. Throws kData naming `name` for bytes that no decoder takes or that end early.
struct DecodedImage {
  int height = 0, width = 0;
  std::vector<uint8_t> rgb;
};
DecodedImage DecodeImage(const std::string& bytes, const std::string& name);

}  // namespace bcr
