#include "datasets/zip_archive.h"

#include <fmt/format.h>
#include <zip.h>

#include <mutex>
#include <string_view>

#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

constexpr uint64_t kLargestEntry = uint64_t{64} << 20;
constexpr const char* kHint =
    "Copy or download the archive again, or unpack it and give the folder";

std::string Message(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string message = zip_error_strerror(&error);
  zip_error_fini(&error);
  return message;
}

struct FileCloser {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

}  // namespace

struct ZipArchive::Handle {
  explicit Handle(zip_t* opened) : zip(opened) {}
  ~Handle() { zip_discard(zip); }
  zip_t* const zip;
  std::mutex mutex;  // libzip handles are not safe to share between threads
};

ZipArchive::ZipArchive(const std::string& path) : path_(path) {
  int code = 0;
  zip_t* const opened = zip_open(path.c_str(), ZIP_RDONLY, &code);
  if (opened == nullptr) {
    const ErrorCode kind = code == ZIP_ER_NOENT                         ? ErrorCode::kMissing
                           : code == ZIP_ER_OPEN || code == ZIP_ER_READ ? ErrorCode::kIo
                                                                        : ErrorCode::kData;
    throw Error(kind, {path, Message(code), "a readable zip archive", kHint});
  }
  handle_ = std::make_unique<Handle>(opened);
  const zip_int64_t count = zip_get_num_entries(opened, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    const zip_uint64_t index = static_cast<zip_uint64_t>(i);
    const char* const name = zip_get_name(opened, index, ZIP_FL_ENC_RAW);
    if (name == nullptr || zip_stat_index(opened, index, 0, &stat) != 0 ||
        (stat.valid & ZIP_STAT_SIZE) == 0) {
      throw Error(ErrorCode::kData, {path, fmt::format("entry {} without name or size", i),
                                     "a whole archive", kHint});
    }
    if (std::string_view(name).ends_with('/')) continue;
    entries_.push_back({name, stat.size});
    indices_.push_back(index);
  }
}

ZipArchive::~ZipArchive() = default;

std::string ZipArchive::Read(size_t i) const {
  BCR_CHECK(i < entries_.size(), "archive entry out of range");
  const Entry& entry = entries_[i];
  const auto fail = [this, &entry](const std::string& found) {
    throw Error(ErrorCode::kData,
                {path_ + ": " + entry.name, found, "a whole entry of at most 64 MiB", kHint});
  };
  if (entry.bytes > kLargestEntry) fail(fmt::format("{} bytes", entry.bytes));
  const std::lock_guard<std::mutex> lock(handle_->mutex);
  const std::unique_ptr<zip_file_t, FileCloser> file(zip_fopen_index(handle_->zip, indices_[i], 0));
  if (file == nullptr) fail(zip_error_strerror(zip_get_error(handle_->zip)));
  std::string bytes(entry.bytes, '\0');
  uint64_t done = 0;
  while (done < entry.bytes) {
    const zip_int64_t got = zip_fread(file.get(), bytes.data() + done, entry.bytes - done);
    if (got < 0) fail(zip_error_strerror(zip_file_get_error(file.get())));
    if (got == 0) fail(fmt::format("{} of {} bytes", done, entry.bytes));
    done += static_cast<uint64_t>(got);
  }
  // libzip compares the checksum only when it is asked for bytes beyond the last.
  char beyond = 0;
  const zip_int64_t more = zip_fread(file.get(), &beyond, 1);
  if (more < 0) fail(zip_error_strerror(zip_file_get_error(file.get())));
  if (more > 0) fail(fmt::format("more than {} bytes", entry.bytes));
  return bytes;
}

}  // namespace bcr
