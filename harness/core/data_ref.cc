#include "harness/core/data_ref.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/error.h"

namespace bcr {
namespace {

bool IsName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

[[noreturn]] void Fail(std::string_view text, const std::string& found, const std::string& hint) {
  throw Error(
      ErrorCode::kUsage,
      {fmt::format("data reference `{}`", text), found, "name[:path][,key=value...]",
       hint.empty() ? "for example market1501:/data/Market-1501 or pedsynth-a,identities=300"
                    : hint});
}

void AddOption(DataRef& ref, std::string_view option, std::string_view text) {
  const size_t equals = option.find('=');
  const std::string_view key = option.substr(0, equals);
  if (equals == std::string_view::npos) {
    Fail(text, fmt::format("`{}` behind a comma", option),
         "a comma starts an option key=value; a path cannot hold one");
  }
  if (!IsName(key)) Fail(text, fmt::format("`{}` as an option's key", key), "");
  if (equals + 1 == option.size()) Fail(text, fmt::format("no value for `{}`", key), "");
  if (!ref.options.emplace(key, option.substr(equals + 1)).second) {
    Fail(text, fmt::format("option `{}` twice", key), "give each option once");
  }
}

}  // namespace

std::string DataRef::Text() const {
  std::string text = name;
  if (!path.empty()) text += ":" + path;
  for (const auto& [key, value] : options) text += "," + key + "=" + value;
  return text;
}

DataRef ParseDataRef(std::string_view text) {
  const size_t comma = std::min(text.find(','), text.size());
  const std::string_view head = text.substr(0, comma);
  const size_t colon = head.find(':');
  DataRef ref;
  ref.name = head.substr(0, colon);
  if (!IsName(ref.name)) {
    Fail(text, ref.name.empty() ? "no name" : fmt::format("`{}` as the name", ref.name),
         head.find('/') < colon ? "put the reader's name first: market1501:/data/Market-1501" : "");
  }
  if (colon != std::string_view::npos) {
    ref.path = head.substr(colon + 1);
    if (ref.path.empty()) Fail(text, "no path behind the colon", "");
  }
  for (size_t start = comma; start < text.size();) {
    const size_t end = std::min(text.find(',', start + 1), text.size());
    AddOption(ref, text.substr(start + 1, end - start - 1), text);
    start = end;
  }
  return ref;
}

}  // namespace bcr
