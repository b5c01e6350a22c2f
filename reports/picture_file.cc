#include "reports/picture_file.h"

#include <fmt/format.h>

#include <cctype>
#include <set>

namespace bcr {

std::string FileNamePart(std::string_view name) {
  std::string part;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool kept = byte < 0x80 && (std::isalnum(byte) != 0 || c == '.' || c == '_' || c == '-');
    part += kept ? c : '-';
  }
  if (part.empty() || part.front() == '.') part.insert(part.begin(), '-');
  return part.substr(0, 80);
}

std::vector<PictureFile> NamedFiles(const std::vector<PictureFile>& pictures) {
  std::vector<PictureFile> files;
  std::set<std::string> used;
  for (const PictureFile& picture : pictures) {
    std::string file = picture.file + ".svg";
    for (int n = 2; !used.insert(file).second; ++n)
      file = fmt::format("{}.{}.svg", picture.file, n);
    files.push_back({file, picture.svg});
  }
  return files;
}

}  // namespace bcr
