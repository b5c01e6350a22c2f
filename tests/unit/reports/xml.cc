#include "tests/unit/reports/xml.h"

#include <cctype>
#include <stdexcept>

namespace bcr {
namespace {

class Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) {}

  std::vector<XmlElement> Document() {
    Space();
    Element();
    Space();
    if (at_ != text_.size()) Fail("text after the root");
    return elements_;
  }

 private:
  [[noreturn]] void Fail(const std::string& why) const {
    throw std::runtime_error(why + " at " + std::to_string(at_) + ": " + text_.substr(at_, 40));
  }

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void Expect(const std::string& token) {
    if (text_.compare(at_, token.size(), token) != 0) Fail("no '" + token + "'");
    at_ += token.size();
  }

  void Space() {
    while (std::isspace(static_cast<unsigned char>(Peek())) != 0) ++at_;
  }

  std::string Name() {
    const size_t begin = at_;
    while (std::isalnum(static_cast<unsigned char>(Peek())) != 0 || Peek() == '-' || Peek() == ':')
      ++at_;
    if (at_ == begin) Fail("no name");
    return text_.substr(begin, at_ - begin);
  }

  // Up to one of `ends`, with entities resolved.
  std::string Characters(const std::string& ends) {
    static const std::map<std::string, char> entities = {
        {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"#39", '\''}};
    std::string out;
    while (at_ < text_.size() && ends.find(text_[at_]) == std::string::npos) {
      const auto byte = static_cast<unsigned char>(text_[at_]);
      if (byte == '<') Fail("a bare <");
      if (byte < 0x20 && byte != '\n') Fail("a control character");
      if (byte != '&') {
        out += text_[at_++];
        continue;
      }
      const size_t end = text_.find(';', at_);
      const auto found = entities.find(text_.substr(at_ + 1, end - at_ - 1));
      if (found == entities.end()) Fail("an unknown entity");
      out += found->second;
      at_ = end + 1;
    }
    return out;
  }

  void Attributes(XmlElement& element) {
    for (Space(); Peek() != '>' && Peek() != '/'; Space()) {
      const std::string name = Name();
      Expect("=\"");
      if (!element.attributes.emplace(name, Characters("\"")).second) Fail("an attribute twice");
      Expect("\"");
    }
  }

  void Element() {
    Expect("<");
    const size_t index = elements_.size();
    elements_.push_back({Name(), {}, ""});
    const std::string name = elements_[index].name;
    Attributes(elements_[index]);
    if (Peek() == '/') return Expect("/>");
    Expect(">");
    while (true) {
      const std::string text = Characters("<");
      elements_[index].text += text;
      if (text_.compare(at_, 2, "</") == 0) break;
      Element();
    }
    Expect("</" + name + ">");
  }

  const std::string& text_;
  size_t at_ = 0;
  std::vector<XmlElement> elements_;
};

}  // namespace

std::vector<XmlElement> ParseXml(const std::string& text) { return Parser(text).Document(); }

std::vector<XmlElement> Named(const std::vector<XmlElement>& elements, const std::string& name,
                              const std::string& of_class) {
  std::vector<XmlElement> found;
  for (const XmlElement& element : elements) {
    if (element.name != name) continue;
    const auto classes = element.attributes.find("class");
    const std::string words =
        " " + (classes == element.attributes.end() ? "" : classes->second) + " ";
    if (!of_class.empty() && words.find(" " + of_class + " ") == std::string::npos) continue;
    found.push_back(element);
  }
  return found;
}

}  // namespace bcr
