#include "harness/app/catalogue.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/app/library.h"
#include "harness/app/train_library.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/interrupt.h"
#include "protocols/profile.h"

namespace bcr {
namespace {

constexpr const char* kFile = "bcreid-catalogue.json";

// The methods of a profile: its own list, or the name of the profile whose equal list stands there.
const Json& MethodsOf(const Json& methods, const std::string& profile) {
  const Json& own = methods.at(profile);
  return own.is_string() ? methods.at(own.get<std::string>()) : own;
}

// Nothing where the file cannot serve: it only saves time.
std::optional<Json> ReadStored(const std::string& profile) {
  try {
    const Json stored = ReadJsonFile(JoinPath(ProgramFolder(), kFile));
    if (stored.at("build") != BuildStamp()) return std::nullopt;
    Json lists = stored.at("lists");
    lists["methods"] = MethodsOf(stored.at("methods"), profile);
    return lists;
  } catch (const Error&) {
    ThrowIfInterrupted();
  } catch (const Json::exception&) {
  }
  return std::nullopt;
}

}  // namespace

Json StoredPlugInLists(const std::string& profile) {
  FindProfile(profile);
  if (const std::optional<Json> stored = ReadStored(profile)) return *stored;
  return Training().plug_ins(profile);
}

void WriteCatalogue(const std::string& file) {
  Json catalogue = {{"build", BuildStamp()}, {"methods", Json::object()}};
  for (const Profile& profile : Profiles()) {
    Json lists = Training().plug_ins(profile.name);
    Json& methods = catalogue["methods"];
    const auto equal = std::find(methods.begin(), methods.end(), lists["methods"]);
    // Profiles that are like another often have its methods, and the whole file is read at each start.
    methods[profile.name] = equal == methods.end() ? lists["methods"] : Json(equal.key());
    lists.erase("methods");  // only methods depend on the profile
    catalogue["lists"] = lists;
  }
  WriteJsonAtomic(file, catalogue);
}

}  // namespace bcr
