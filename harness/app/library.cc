#include "harness/app/library.h"

#include <build_stamp.gen.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <cstring>
#include <filesystem>

#include "harness/core/address_space.h"
#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

[[noreturn]] void Refuse(const OwnLibrary& library, const std::string& path,
                         const std::string& found, const std::string& hint) {
  throw Error(ErrorCode::kMissing, {fmt::format("the {} library {}", library.what, path), found,
                                    "the library that the build leaves beside the program", hint});
}

[[noreturn]] void RefuseAsOther(const OwnLibrary& library, const std::string& path,
                                const std::string& found) {
  Refuse(library, path, found,
         "Program and library come of two builds: type ./scripts/bcreid --build, or copy the whole "
         "folder of the program.");
}

std::string LoaderMessage() {
  const char* message = ::dlerror();
  return message != nullptr ? message : "the loader gives no reason";
}

void* Open(const OwnLibrary& library, const std::string& path) {
  if (!std::filesystem::exists(path)) {
    Refuse(library, path, "no such file",
           "Type ./scripts/bcreid --build, or copy it from the folder that the program was copied "
           "from.");
  }
  RequireAddressSpace(fmt::format("loading the {} library", library.what),
                      library.address_space_mib);
  // Global: LibTorch's CUDA half and BlasDescription look symbols up by name. Lazy: the libraries
  // below bind what they use; our own are linked to be bound whole.
  if (void* handle = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_GLOBAL)) return handle;
  const std::string reason = LoaderMessage();
  if (reason.find("undefined symbol") != std::string::npos) RefuseAsOther(library, path, reason);
  Refuse(library, path, reason,
         "A library that it needs is absent or was refused: `ldd` of it names them. "
         "./scripts/bcreid --build sets up what is missing.");
}

}  // namespace

std::string ProgramFolder() {
  std::error_code failed;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failed);
  return failed ? "." : program.parent_path().string();
}

const char* BuildStamp() { return BCR_BUILD_STAMP; }

const void* LoadOwnLibrary(const OwnLibrary& library) {
  const std::string path = JoinPath(ProgramFolder(), library.file);
  void* handle = Open(library, path);
  using Entry = const void*();
  auto* entry = reinterpret_cast<Entry*>(::dlsym(handle, library.entry.c_str()));
  if (entry == nullptr) {
    RefuseAsOther(library, path, fmt::format("no function {} in it", library.entry));
  }
  const void* table = entry();
  const char* build = *static_cast<const char* const*>(table);
  if (std::strcmp(build, BuildStamp()) != 0) {
    RefuseAsOther(library, path,
                  fmt::format("build `{}` beside program `{}`", build, BuildStamp()));
  }
  return table;
}

}  // namespace bcr
