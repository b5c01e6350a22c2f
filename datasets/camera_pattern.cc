#include "datasets/camera_pattern.h"

#include <fmt/format.h>

#include "harness/core/error.h"

namespace bcr {
namespace {

constexpr std::string_view kCamera = "{camera}";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The digits, or the letters, at the front.
std::string_view Run(std::string_view text) {
  if (text.empty()) return {};
  const auto same = IsDigit(text.front()) ? IsDigit : IsLetter;
  size_t n = 0;
  while (n < text.size() && same(text[n])) ++n;
  return text.substr(0, n);
}

[[noreturn]] void Refuse(const std::string& where, const std::string& found) {
  throw Error(
      ErrorCode::kUsage,
      {where, found,
       "a pattern with one {camera}, such as *_c{camera}_*, where * stands for any characters",
       "{camera} takes the digits, or the letters, that stand there"});
}

}  // namespace

CameraPattern::CameraPattern(const std::string& text, const std::string& where) {
  using Kind = Token::Kind;
  size_t cameras = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const Kind last = tokens_.empty() ? Kind::kText : tokens_.back().kind;
    if (rest.front() == '*') {
      if (last == Kind::kAny) Refuse(where, fmt::format("`{}` with ** in it", text));
      tokens_.push_back({Kind::kAny});
      rest.remove_prefix(1);
    } else if (rest.starts_with(kCamera)) {
      // As few characters as possible would be none, and then only a part of the digits.
      if (last == Kind::kAny) Refuse(where, fmt::format("`{}` with * before {{camera}}", text));
      tokens_.push_back({Kind::kCamera});
      ++cameras;
      rest.remove_prefix(kCamera.size());
    } else {
      if (rest.front() == '{' || rest.front() == '}')
        Refuse(where, fmt::format("`{}` with other braces", text));
      if (tokens_.empty() || last != Kind::kText) tokens_.push_back({});
      tokens_.back().text += rest.front();
      rest.remove_prefix(1);
    }
  }
  if (cameras != 1) Refuse(where, fmt::format("`{}` with {} times {{camera}}", text, cameras));
}

std::optional<std::string> CameraPattern::Find(std::string_view name) const {
  // Token i is to be tried at position p: each pair once, the left token's fewest characters first.
  struct Step {
    size_t token, at;
  };
  const size_t width = name.size() + 1;
  std::vector<char> tried((tokens_.size() + 1) * width, 0);
  std::vector<Step> open = {{0, 0}};
  std::string_view camera;
  while (!open.empty()) {
    const auto [i, at] = open.back();
    open.pop_back();
    if (i == tokens_.size()) {
      if (at == name.size()) return std::string(camera);
      continue;
    }
    char& seen = tried[i * width + at];
    if (seen != 0) continue;
    seen = 1;
    const Token& token = tokens_[i];
    const std::string_view rest = name.substr(at);
    switch (token.kind) {
      case Token::Kind::kText:
        if (rest.starts_with(token.text)) open.push_back({i + 1, at + token.text.size()});
        break;
      case Token::Kind::kCamera:
        if (const std::string_view run = Run(rest); !run.empty()) {
          camera = run;
          open.push_back({i + 1, at + run.size()});
        }
        break;
      case Token::Kind::kAny:
        if (at < name.size()) open.push_back({i, at + 1});
        open.push_back({i + 1, at});
        break;
    }
  }
  return std::nullopt;
}

}  // namespace bcr
