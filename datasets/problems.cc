#include "datasets/problems.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bcr {
namespace {

constexpr size_t kShown = 10;

}  // namespace

void Problems::Add(size_t line, const std::string& text) {
  if (count_ == 0) first_line_ = line;
  Add(fmt::format("line {}: {}", line, text));
}

void Problems::Add(const std::string& text) {
  ++count_;
  if (shown_.size() < kShown) shown_.push_back(text);
}

void Problems::ThrowIfAny(ErrorCode code, const std::string& file, const std::string& expected,
                          const std::string& hint) const {
  if (count_ == 0) return;
  std::string found = fmt::format("{}", fmt::join(shown_, "; "));
  if (count_ > shown_.size()) found += fmt::format("; and {} more", count_ - shown_.size());
  const std::string where = first_line_ == 0 ? file : fmt::format("{}:{}", file, first_line_);
  throw Error(code, {where, found, expected, hint});
}

}  // namespace bcr
