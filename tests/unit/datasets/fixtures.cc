#include "tests/unit/datasets/fixtures.h"

#include <zip.h>

#include <filesystem>
#include <fstream>

namespace bcr::testing {

void Put(const std::string& folder, const std::string& name, const std::string& content) {
  const std::filesystem::path path = JoinPath(folder, name);
  std::filesystem::create_directories(path.parent_path());
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream << content;
  ASSERT_TRUE(stream.flush()) << path;
}

void WriteZip(const std::string& path, const std::map<std::string, std::string>& entries,
              Packing packing) {
  int code = 0;
  zip_t* const archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  ASSERT_NE(archive, nullptr) << path << ": libzip error " << code;
  for (const auto& [name, content] : entries) {
    if (name.ends_with('/')) {
      ASSERT_GE(zip_dir_add(archive, name.c_str(), 0), 0) << name;
      continue;
    }
    zip_source_t* const source = zip_source_buffer(archive, content.data(), content.size(), 0);
    ASSERT_NE(source, nullptr) << name;
    const zip_int64_t index = zip_file_add(archive, name.c_str(), source, 0);
    ASSERT_GE(index, 0) << name;
    const zip_int32_t method = packing == Packing::kStored ? ZIP_CM_STORE : ZIP_CM_DEFLATE;
    ASSERT_EQ(zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), method, 0), 0)
        << name;
  }
  ASSERT_EQ(zip_close(archive), 0) << path;
}

}  // namespace bcr::testing
