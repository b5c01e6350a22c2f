// Fails calls that change files; see README.md.
#include <dlfcn.h>
#include <fcntl.h>
#include <regex.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

template <typename Function>
Function Next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

int ErrorNamed(const std::string& name) {
  if (name == "EDQUOT") return EDQUOT;
  if (name == "EFBIG") return EFBIG;
  if (name == "EIO") return EIO;
  if (name == "EROFS") return EROFS;
  return ENOSPC;
}

struct Settings {
  const std::string under = Variable("BCR_FAULTS_UNDER");
  const std::string log = Variable("BCR_FAULTS_LOG");
  const int error = ErrorNamed(Variable("BCR_FAULTS_ERROR"));
  const long at = std::atol(Variable("BCR_FAULTS_AT").c_str());
  const bool once = !Variable("BCR_FAULTS_ONCE").empty();
  regex_t call;
  Settings() { regcomp(&call, Variable("BCR_FAULTS_CALL").c_str(), REG_EXTENDED | REG_NOSUB); }
};

const Settings& Given() {
  static const Settings settings;
  return settings;
}

// Not through the functions below.
void Log(const std::string& call) {
  if (Given().log.empty()) return;
  const std::string line = call + "\n";
  const long file = syscall(SYS_openat, AT_FDCWD, Given().log.c_str(),
                            O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (syscall(SYS_write, file, line.data(), line.size()) < 0) std::abort();
  syscall(SYS_close, file);
}

bool Under(const std::string& path) {
  return !Given().under.empty() && path.compare(0, Given().under.size(), Given().under) == 0;
}

// Whether this call is to fail; errno is set then.
bool Fails(const std::string& what, const std::string& path, const std::string& call) {
  static std::atomic<long> counted{0};
  static std::atomic<bool> begun{false};
  if (!Under(path) || (what == "remove" && Given().error != EROFS)) return false;
  bool fails = begun && !Given().once;
  if (!fails && regexec(&Given().call, call.c_str(), 0, nullptr, 0) == 0) {
    Log(call);
    fails = Given().at > 0 && ++counted == Given().at;
  }
  if (!fails) return false;
  begun = true;
  errno = Given().error;
  return true;
}

bool Fails(const char* what, const std::string& path) {
  return Fails(what, path, std::string(what) + " " + path);
}

std::string PathOf(int descriptor) {
  char path[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t size = readlink(link.c_str(), path, sizeof(path));
  return size < 0 ? "" : std::string(path, static_cast<size_t>(size));
}

std::string PathIn(int folder, const char* name) {
  return folder == AT_FDCWD || name[0] == '/' ? name : PathOf(folder) + "/" + name;
}

bool OpenFails(const char* path, int flags) {
  const bool creates = (flags & O_CREAT) != 0 && access(path, F_OK) != 0;
  const bool writes = (flags & O_ACCMODE) != O_RDONLY && Given().error == EROFS;
  return (creates || writes) && Fails("create", path);
}

unsigned ModeOf(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 ? va_arg(arguments, unsigned) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const unsigned mode = ModeOf(flags, arguments);
  va_end(arguments);
  if (OpenFails(path, flags)) return -1;
  return Next<int (*)(const char*, int, ...)>("open")(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const unsigned mode = ModeOf(flags, arguments);
  va_end(arguments);
  if (OpenFails(path, flags)) return -1;
  return Next<int (*)(const char*, int, ...)>("open64")(path, flags, mode);
}

FILE* fopen(const char* path, const char* mode) {
  if (mode[0] != 'r' && OpenFails(path, O_WRONLY | O_CREAT)) return nullptr;
  return Next<FILE* (*)(const char*, const char*)>("fopen")(path, mode);
}

FILE* fopen64(const char* path, const char* mode) {
  if (mode[0] != 'r' && OpenFails(path, O_WRONLY | O_CREAT)) return nullptr;
  return Next<FILE* (*)(const char*, const char*)>("fopen64")(path, mode);
}

ssize_t write(int file, const void* bytes, size_t size) {
  if (!Fails("write", PathOf(file))) return syscall(SYS_write, file, bytes, size);
  if (syscall(SYS_write, file, bytes, size / 2) >= 0) errno = Given().error;
  return -1;
}

ssize_t writev(int file, const struct iovec* parts, int count) {
  if (Fails("write", PathOf(file))) return -1;
  return syscall(SYS_writev, file, parts, count);
}

int fsync(int file) {
  if (Fails("flush", PathOf(file))) return -1;
  return Next<int (*)(int)>("fsync")(file);
}

int syncfs(int file) noexcept {
  if (Fails("sync", PathOf(file))) return -1;
  return Next<int (*)(int)>("syncfs")(file);
}

int rename(const char* from, const char* to) noexcept {
  if (Fails("rename", to, std::string("rename ") + from + " " + to)) return -1;
  return Next<int (*)(const char*, const char*)>("rename")(from, to);
}

int mkdir(const char* path, mode_t mode) noexcept {
  if (access(path, F_OK) != 0 && Fails("folder", path)) return -1;
  return Next<int (*)(const char*, mode_t)>("mkdir")(path, mode);
}

int unlink(const char* path) noexcept {
  if (Fails("remove", path)) return -1;
  return Next<int (*)(const char*)>("unlink")(path);
}

int unlinkat(int folder, const char* name, int flags) noexcept {
  if (Fails("remove", PathIn(folder, name))) return -1;
  return Next<int (*)(int, const char*, int)>("unlinkat")(folder, name, flags);
}

int rmdir(const char* path) noexcept {
  if (Fails("remove", path)) return -1;
  return Next<int (*)(const char*)>("rmdir")(path);
}

int remove(const char* path) noexcept {
  if (Fails("remove", path)) return -1;
  return Next<int (*)(const char*)>("remove")(path);
}

}  // extern "C"
