#include "harness/data/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "harness/core/error.h"
#include "harness/data/image_ends.h"
#include "harness/data/image_size.h"
#include "harness/data/jpeg_scan.h"
#include "harness/data/opencv_setup.h"

namespace bcr {
namespace {

// Decoded, 300 MB. Crops of people have some thousands, whole scenes of 8K cameras 33 million.
constexpr uint64_t kMaxPixels = 100'000'000;
constexpr int kRevision = 1;  // raise whenever the same file can give other pixels

int Quiet(int, const char*, const char*, const char*, int, void*) { return 0; }

[[noreturn]] void ThrowBadImage(const std::string& name, const std::string& found) {
  throw Error(ErrorCode::kData,
              {name, found, "a whole image file (JPEG, PNG or another format that OpenCV reads)",
               "Replace the file from its source"});
}

}  // namespace

void PrepareOpenCv() {
  static const bool done = [] {
    cv::setNumThreads(0);
    cv::redirectError(Quiet);
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    return true;
  }();
  (void)done;
}

std::string DecoderRevision() {
  return fmt::format("{}, OpenCV {}", kRevision, cv::getVersionString());
}

DecodedImage DecodeImage(const std::string& bytes, const std::string& name) {
  PrepareOpenCv();
  if (bytes.empty()) ThrowBadImage(name, "an empty file");
  if (const auto size = StatedSize(bytes); size && size->pixels() > kMaxPixels) {
    throw Error(ErrorCode::kData,
                {name, fmt::format("an image of {} x {} pixels", size->width, size->height),
                 fmt::format("at most {} million pixels", kMaxPixels / 1'000'000),
                 "Crop it to the person, or scale it down"});
  }
  if (!ReachesEnd(bytes)) {
    ThrowBadImage(name,
                  fmt::format("an image cut short after {} bytes (no end marker)", bytes.size()));
  }
  if (const std::string damage = JpegDamage(bytes); !damage.empty()) ThrowBadImage(name, damage);
  DecodedImage image;
  try {
    const cv::Mat encoded(1, static_cast<int>(bytes.size()), CV_8UC1,
                          const_cast<char*>(bytes.data()));
    const cv::Mat bgr =
        cv::imdecode(encoded, cv::IMREAD_COLOR);  // 3 channels, 8 bits, EXIF rotation applied
    if (bgr.empty())
      ThrowBadImage(name, fmt::format("{} bytes that no decoder takes", bytes.size()));
    image.height = bgr.rows;
    image.width = bgr.cols;
    image.rgb.resize(static_cast<size_t>(bgr.rows) * bgr.cols * 3);
    cv::Mat rgb(bgr.rows, bgr.cols, CV_8UC3, image.rgb.data());
    cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  } catch (const cv::Exception& e) {
    ThrowBadImage(name, fmt::format("{} bytes that the decoder refuses ({})", bytes.size(), e.err));
  }
  return image;
}

}  // namespace bcr
