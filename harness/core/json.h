#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bcr {

// JSON objects are kept with sorted keys everywhere (nlohmann::json's default), so equal content
// has equal bytes.
using Json = nlohmann::json;

enum class JsonComments { kAllowed, kRefused };  // `//` and `/* */`

// Parses text. `where` names the file in messages (with line and column). Throws kConfig: malformed
// text, a key twice in one object, nesting beyond 200 levels; kInterrupted. Its time grows with
// the length of the text.
Json ParseJson(std::string_view text, const std::string& where,
               JsonComments comments = JsonComments::kAllowed);
Json ReadJsonFile(const std::string& path);

// Runs `read`, which takes a document of ours apart. False where it is of another form, as damaged
// ones are: for what is then made anew without a message. Throws kInterrupted.
bool IsReadable(const std::function<void()>& read);

// Stable text: sorted keys, two-space indentation, shortest round-trip numbers, final newline.
// Throws kInternal on NaN or infinity: a metric has a value or a reason, never null by accident.
// Bytes that are not UTF-8 (paths of the user's) become U+FFFD: a finished run is not lost to them.
std::string DumpJson(const Json& value);
// One line without spaces, for hashing and keys. Throws kInternal on NaN or infinity, kData on text
// that is not UTF-8.
std::string DumpJsonCompact(const Json& value);
void WriteJsonAtomic(const std::string& path, const Json& value);

// Reads an object key by key and refuses what nobody asked for: a key never read is an error with a
// suggestion.
//   JsonReader r(json, "protocols/settings/x.json: old");
//   double share = r.Number("images", 0.0, 1.0);      // required, range checked
//   std::string b = r.Text("backbone", "small");      // with default
//   r.Finish();                                       // throws kConfig on unknown keys
class JsonReader {
 public:
  // Throws kConfig where `object` is no object. REQUIRES: `object` outlives the reader.
  JsonReader(const Json& object, std::string where);
  JsonReader(Json&& temporary, std::string where) = delete;

  bool Has(const std::string& key) const;
  double Number(const std::string& key, double low, double high,
                std::optional<double> fallback = std::nullopt);
  int64_t Integer(const std::string& key, int64_t low, int64_t high,
                  std::optional<int64_t> fallback = std::nullopt);
  bool Bool(const std::string& key, std::optional<bool> fallback = std::nullopt);
  std::string Text(const std::string& key, std::optional<std::string> fallback = std::nullopt);
  // Text that must be one of `choices`.
  std::string Choice(const std::string& key, const std::vector<std::string>& choices,
                     std::optional<std::string> fallback = std::nullopt);
  std::vector<std::string> TextList(
      const std::string& key, std::optional<std::vector<std::string>> fallback = std::nullopt);
  // The raw value (REQUIRES a later check by the caller). Missing: throws unless `required` is
  // false, then null.
  const Json& Raw(const std::string& key, bool required = true);
  void Finish() const;
  const std::string& where() const { return where_; }

 private:
  const Json* Find(const std::string& key, bool required);
  const Json& object_;
  std::string where_;
  std::set<std::string> read_;
};

}  // namespace bcr
