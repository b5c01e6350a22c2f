#include "harness/app/catalogue.h"

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

// Nothing where the file cannot serve: it only saves time.
std::optional<Json> ReadStored(const std::string& profile) {
  try {
    const Json stored = ReadJsonFile(JoinPath(ProgramFolder(), kFile));
    if (stored.at("build") != BuildStamp()) return std::nullopt;
    Json lists = stored.at("lists");
    lists["methods"] = stored.at("methods").at(profile);
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
    catalogue["methods"][profile.name] = lists["methods"];
    lists.erase("methods");  // only methods depend on the profile
    catalogue["lists"] = lists;
  }
  WriteJsonAtomic(file, catalogue);
}

}  // namespace bcr
