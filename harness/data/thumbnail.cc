#include "harness/data/thumbnail.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "harness/core/error.h"
#include "harness/data/image_store.h"
#include "harness/data/resize.h"

namespace bcr {
namespace {

constexpr int kQuality = 80;  // of 100: artefacts do not show at this size

}  // namespace

std::string Thumbnail(const std::string& bytes, const std::string& name, int height) {
  const DecodedImage image = DecodeImage(bytes, name);
  const double scale =
      std::min({1.0, static_cast<double>(height) / image.height, 2.0 * height / image.width});
  DecodedImage small;
  small.height = std::max(1, static_cast<int>(std::lround(scale * image.height)));
  small.width = std::max(1, static_cast<int>(std::lround(scale * image.width)));
  small.rgb.resize(static_cast<size_t>(small.height) * small.width * 3);
  ResizeImage(image, small.height, small.width, small.rgb.data());
  const cv::Mat rgb(small.height, small.width, CV_8UC3, small.rgb.data());
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  std::vector<uint8_t> encoded;
  const bool done = cv::imencode(".jpg", bgr, encoded, {cv::IMWRITE_JPEG_QUALITY, kQuality});
  BCR_CHECK(done, "a JPEG encoder");
  return {encoded.begin(), encoded.end()};
}

}  // namespace bcr
