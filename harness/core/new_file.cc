#include "harness/core/new_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "harness/core/files_internal.h"

namespace bcr {

NewFile::NewFile(const std::string& path, std::string shown)
    : shown_(std::move(shown)),
      descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) internal::ThrowErrno(errno, shown_, "to create the file");
}

NewFile::~NewFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void NewFile::Append(const void* data, size_t bytes) {
  internal::WriteAll(descriptor_, std::string_view(static_cast<const char*>(data), bytes), shown_);
}

}  // namespace bcr
