#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/files_internal.h"

namespace bcr {

MappedFile::MappedFile(const std::string& path) {
  const internal::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) internal::ThrowErrno(errno, path, "to open the file");
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) {
    internal::ThrowErrno(errno, path, "to read the file's size");
  }
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorCode::kIo, {path, S_ISDIR(status.st_mode) ? "a folder" : "a special file",
                                 "a regular file", ""});
  }
  size_ = static_cast<size_t>(status.st_size);
  if (size_ == 0) return;  // mmap refuses empty ranges
  void* address = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (address == MAP_FAILED) internal::ThrowErrno(errno, path, "to map the file");
  data_ = static_cast<const uint8_t*>(address);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<uint8_t*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  MappedFile taken(std::move(other));
  std::swap(data_, taken.data_);
  std::swap(size_, taken.size_);
  return *this;
}

void MappedFile::AdviseSequential() const {
  if (data_ != nullptr) ::madvise(const_cast<uint8_t*>(data_), size_, MADV_SEQUENTIAL);
}

}  // namespace bcr
