#pragma once

#include <map>
#include <string>
#include <vector>

namespace bcr {

struct XmlElement {
  std::string name;
  std::map<std::string, std::string> attributes;  // entities resolved
  std::string text;                               // directly inside, entities resolved
};

// The elements of a document in the order in which they begin. Throws std::runtime_error where it
// is not well-formed: tags that do not match, attributes without quotes or given twice, a bare `&`
// or `<`, text after the root, control characters.
std::vector<XmlElement> ParseXml(const std::string& text);

// Those of one name, and of one class (a word of the attribute).
std::vector<XmlElement> Named(const std::vector<XmlElement>& elements, const std::string& name,
                              const std::string& of_class = "");

}  // namespace bcr
