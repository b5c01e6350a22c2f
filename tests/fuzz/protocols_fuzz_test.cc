// Settings: the files that users write to compare models of their own.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/json.h"
#include "protocols/setting.h"
#include "tests/fuzz/fuzz.h"

namespace bcr::fuzz {
namespace {

TEST(Fuzz, Settings) {
  RunTarget({.name = "setting",
             .share = 0.06,
             .words = {"\"models\"", "\"cells\"", "\"all\"", "\"like\"", "\"start\"",
                       "\"compatible_with\"", "\"upgrade\"", "\"chain\"", "\"images\"",
                       "\"identities\"", "[0, 1]", "\"old\"", "\"new\""},
             .read = [](const std::string& text) {
               const Setting setting = ParseSetting(text, "x.json");
               Require(!setting.models.empty(), "at least one model");
               const std::string written = DumpJson(SettingJson(setting));
               const Setting again = ParseSetting(written, "again.json");
               Require(DumpJson(SettingJson(again)) == written, "reads back what it writes");
             }});
}

}  // namespace
}  // namespace bcr::fuzz
