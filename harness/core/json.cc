#include "harness/core/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/interrupt.h"

namespace bcr {
namespace {

constexpr size_t kDeepest = 200;  // deeper text would overflow the stack when printed
constexpr size_t kEventsBetweenLooks = 4096;

// Reads characters and remembers how far the parser got: its callbacks do not say where they are.
struct TrackingIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at;
  const char** reached;
  reference operator*() const { return *at; }
  TrackingIterator& operator++() {
    *reached = ++at;
    return *this;
  }
  bool operator==(const TrackingIterator& other) const { return at == other.at; }
  bool operator!=(const TrackingIterator& other) const { return at != other.at; }
};

// "file:line:column" of the last character read, both from 1.
std::string Position(const std::string& where, std::string_view text, const char* reached) {
  const size_t end = static_cast<size_t>(reached - text.data());
  const std::string_view before = text.substr(0, end > 0 ? end - 1 : 0);
  const size_t line = 1 + static_cast<size_t>(std::count(before.begin(), before.end(), '\n'));
  const size_t line_start = before.find_last_of('\n') + 1;  // npos + 1 is 0
  return fmt::format("{}:{}:{}", where, line, before.size() - line_start + 1);
}

// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error ..." -> "syntax
// error ..."
std::string Reason(const std::string& what) {
  size_t start = what.find("] ");
  start = start == std::string::npos ? 0 : start + 2;
  if (what.compare(start, 14, "parse error at") == 0) {
    const size_t colon = what.find(": ", start);
    if (colon != std::string::npos) start = colon + 2;
  }
  return what.substr(start);
}

// Refuses what JSON allows and nobody means: the same key twice, and bottomless nesting. Looks at
// the text alone: the library's callback for values in the making goes through all siblings at
// the end of each one, so that its time grows with the square of their number.
class StructureCheck : public nlohmann::json_sax<Json> {
 public:
  StructureCheck(std::string_view text, const std::string& where, const char* const* reached)
      : text_(text), where_(where), reached_(reached) {}

  bool null() override { return Count(); }
  bool boolean(bool) override { return Count(); }
  bool number_integer(int64_t) override { return Count(); }
  bool number_unsigned(uint64_t) override { return Count(); }
  bool number_float(double, const std::string&) override { return Count(); }
  bool string(std::string&) override { return Count(); }
  bool binary(Json::binary_t&) override { return Count(); }
  bool start_object(size_t) override { return Open(); }
  bool start_array(size_t) override { return Open(); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }
  bool key(std::string& key) override {
    if (keys_.back().insert(key).second) return Count();
    Refuse(fmt::format("key `{}` twice", key), "each key once in an object", "Remove one of them.");
  }
  bool parse_error(size_t, const std::string&, const Json::exception& error) override {
    Refuse(Reason(error.what()), "well-formed JSON", "");
  }

 private:
  [[noreturn]] void Refuse(const std::string& found, const std::string& expected,
                           const std::string& hint) const {
    throw Error(ErrorCode::kConfig, {Position(where_, text_, *reached_), found, expected, hint});
  }
  bool Open() {
    if (keys_.size() == kDeepest) {
      Refuse("deeper nesting", fmt::format("at most {} levels", kDeepest), "");
    }
    keys_.emplace_back();
    return Count();
  }
  bool Close() {
    keys_.pop_back();
    return Count();
  }
  bool Count() {
    if (++events_ % kEventsBetweenLooks == 0) ThrowIfInterrupted();
    return true;
  }

  std::string_view text_;
  const std::string& where_;
  const char* const* reached_;
  std::vector<std::unordered_set<std::string>> keys_;  // of the objects and arrays around
  size_t events_ = 0;
};

void RequireFinite(const Json& value, const std::string& path) {
  if (value.is_number_float() && !std::isfinite(value.get<double>())) {
    throw Error(ErrorCode::kInternal, {"JSON value " + (path.empty() ? "/" : path),
                                       fmt::format("{}", value.get<double>()), "a finite number",
                                       "A metric has a value or a reason."});
  }
  if (value.is_object()) {
    for (const auto& item : value.items()) RequireFinite(item.value(), path + "/" + item.key());
  } else if (value.is_array()) {
    for (size_t i = 0; i < value.size(); ++i) {
      RequireFinite(value[i], fmt::format("{}/{}", path, i));
    }
  }
}

}  // namespace

Json ParseJson(std::string_view text, const std::string& where, JsonComments comments) {
  const bool allowed = comments == JsonComments::kAllowed;
  const char* reached = text.data();
  StructureCheck check(text, where, &reached);
  const TrackingIterator first{text.data(), &reached};
  const TrackingIterator last{text.data() + text.size(), &reached};
  Json::sax_parse(first, last, &check, nlohmann::detail::input_format_t::json, /*strict=*/true,
                  allowed);
  return Json::parse(text, nullptr, /*allow_exceptions=*/true, allowed);
}

Json ReadJsonFile(const std::string& path) { return ParseJson(ReadFile(path), path); }

bool IsReadable(const std::function<void()>& read) {
  try {
    read();
    return true;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kInterrupted) throw;
    return false;
  } catch (const Json::exception&) {
    return false;
  }
}

std::string DumpJson(const Json& value) {
  RequireFinite(value, "");
  return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string DumpJsonCompact(const Json& value) {
  RequireFinite(value, "");
  try {
    return value.dump();
  } catch (const Json::exception& e) {
    throw Error(ErrorCode::kData, {"text to be hashed", Reason(e.what()), "UTF-8",
                                   "Rename files whose names are not UTF-8."});
  }
}

void WriteJsonAtomic(const std::string& path, const Json& value) {
  WriteFileAtomic(path, std::string_view(DumpJson(value)));
}

}  // namespace bcr
