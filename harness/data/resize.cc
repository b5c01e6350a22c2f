#include "harness/data/resize.h"

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "harness/core/error.h"
#include "harness/core/suggest.h"
#include "harness/data/image_store.h"
#include "harness/data/opencv_setup.h"
#include "harness/data/pillow_resize.h"

namespace bcr {
namespace {

void ResizeByArea(const cv::Mat& image, cv::Mat& target) {
  cv::Mat current = image;
  const cv::Size shrunk(std::min(target.cols, image.cols), std::min(target.rows, image.rows));
  if (shrunk != current.size()) {
    cv::Mat smaller;
    cv::resize(current, smaller, shrunk, 0, 0, cv::INTER_AREA);
    current = smaller;
  }
  if (current.size() == target.size()) {
    current.copyTo(target);
  } else {
    cv::resize(current, target, target.size(), 0, 0, cv::INTER_LINEAR);
  }
}

}  // namespace

const std::vector<std::string>& ResizeNames() {
  static const std::vector<std::string> names = {kUsualResize, "bilinear", "bicubic",
                                                 "pillow-bilinear", "pillow-bicubic"};
  return names;
}

void CheckResize(const std::string& name, const std::string& where) {
  const std::vector<std::string>& names = ResizeNames();
  if (std::find(names.begin(), names.end(), name) != names.end()) return;
  throw Error(ErrorCode::kConfig,
              {where, "`" + name + "`", "a way to resize images", SuggestionFor(name, names)});
}

void ResizeImage(const DecodedImage& image, int height, int width, uint8_t* out,
                 const std::string& resize) {
  if (resize == "pillow-bilinear" || resize == "pillow-bicubic") {
    const PillowFilter filter =
        resize == "pillow-bicubic" ? PillowFilter::kBicubic : PillowFilter::kBilinear;
    return ResizeAsPillow(image, filter, height, width, out);
  }
  PrepareOpenCv();
  const cv::Mat source(image.height, image.width, CV_8UC3, const_cast<uint8_t*>(image.rgb.data()));
  cv::Mat target(height, width, CV_8UC3, out);
  if (resize == kUsualResize) return ResizeByArea(source, target);
  cv::resize(source, target, target.size(), 0, 0,
             resize == "bicubic" ? cv::INTER_CUBIC : cv::INTER_LINEAR);
}

}  // namespace bcr
