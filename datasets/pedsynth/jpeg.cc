#include "datasets/pedsynth/jpeg.h"

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "datasets/pedsynth/camera.h"
#include "harness/core/error.h"

namespace bcr::pedsynth {

std::string EncodeJpeg(const Picture& picture) {
  cv::Mat bgr(picture.height, picture.width, CV_8UC3);
  const uint8_t* from = picture.rgb.data();
  uint8_t* to = bgr.data;
  for (size_t i = 0; i < picture.rgb.size(); i += 3) {
    to[i] = from[i + 2];
    to[i + 1] = from[i + 1];
    to[i + 2] = from[i];
  }
  try {
    std::vector<uint8_t> bytes;
    if (cv::imencode(".jpg", bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, picture.jpeg_quality})) {
      return {bytes.begin(), bytes.end()};
    }
  } catch (const cv::Exception& error) {
    throw Error(ErrorCode::kIo, {"pedsynth: JPEG encoder", error.what(), "an encoded picture",
                                 "Check that OpenCV was built with JPEG support."});
  }
  throw Error(ErrorCode::kIo, {"pedsynth: JPEG encoder", "no encoder for .jpg",
                               "OpenCV with JPEG support", "Install another OpenCV build."});
}

}  // namespace bcr::pedsynth
