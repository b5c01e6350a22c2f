#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include "harness/app/command.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

// Services and containers often run without HOME; the system knows the user's folder all the same.
// A folder under /tmp would be anybody's.
std::string HomeFolder() {
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home != '\0') return home;
  const passwd* user = ::getpwuid(::getuid());
  return user != nullptr && user->pw_dir != nullptr ? user->pw_dir : ".";
}

}  // namespace

std::string DefaultCacheFolder() {
  const char* xdg = std::getenv("XDG_CACHE_HOME");
  if (xdg != nullptr && *xdg != '\0') return JoinPath(xdg, "bcreid");
  return JoinPath(JoinPath(HomeFolder(), ".cache"), "bcreid");
}

}  // namespace bcr
