#include "harness/app/picture_files.h"

#include <string_view>

#include "harness/core/files.h"
#include "reports/picture/sheet.h"
#include "reports/result.h"

namespace bcr {

void WritePictures(const std::string& folder, const std::vector<PictureFile>& pictures) {
  for (const PictureFile& picture : pictures) {
    RequireReplaceableFile(
        JoinPath(folder, picture.file), "picture of a report",
        [](const std::string& target) { return picture::IsPicture(ReadFile(target)); });
  }
  for (const PictureFile& picture : pictures)
    WriteFileAtomic(JoinPath(folder, picture.file), std::string_view(picture.svg));
}

}  // namespace bcr
