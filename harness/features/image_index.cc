#include "harness/features/image_index.h"

namespace bcr {

FeatureIndex IndexOf(const std::vector<ImageRecord>& images) {
  FeatureIndex index;
  for (const ImageRecord& image : images) {
    index.images.push_back(image.name);
    index.identities.push_back(image.identity);
    index.cameras.push_back(image.camera);
  }
  return index;
}

}  // namespace bcr
