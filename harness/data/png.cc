#include "harness/data/png.h"

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "harness/core/error.h"

namespace bcr {

std::string EncodePng(const uint8_t* rgb, int height, int width) {
  const cv::Mat pixels(height, width, CV_8UC3, const_cast<uint8_t*>(rgb));
  cv::Mat bgr;
  cv::cvtColor(pixels, bgr, cv::COLOR_RGB2BGR);
  std::vector<uint8_t> encoded;
  const bool done = cv::imencode(".png", bgr, encoded);
  BCR_CHECK(done, "a PNG encoder");
  return {encoded.begin(), encoded.end()};
}

}  // namespace bcr
