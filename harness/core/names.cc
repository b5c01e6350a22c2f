#include "harness/core/names.h"

#include <algorithm>

namespace bcr {
namespace {

std::string Trimmed(const std::string& text) {
  constexpr const char* kBlanks = " \t\r\n";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool Holds(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

std::vector<std::string> DistinctNames(const std::vector<std::string>& typed,
                                       std::vector<std::string>& repeated) {
  std::vector<std::string> names;
  for (const std::string& text : typed) {
    std::string name = Trimmed(text);
    if (name.empty()) continue;
    std::vector<std::string>& list = Holds(names, name) ? repeated : names;
    if (!Holds(list, name)) list.push_back(std::move(name));
  }
  return names;
}

}  // namespace bcr
