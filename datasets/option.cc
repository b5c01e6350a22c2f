#include "datasets/option.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "harness/core/data_ref.h"
#include "harness/core/error.h"
#include "harness/core/suggest.h"

namespace bcr {

std::string ChoiceOf(const DataRef& ref, const std::string& key,
                     const std::vector<std::string>& values) {
  BCR_CHECK(!values.empty(), "an option with values");
  const auto option = ref.options.find(key);
  if (option == ref.options.end()) return values.front();
  if (std::find(values.begin(), values.end(), option->second) != values.end())
    return option->second;
  throw Error(ErrorCode::kUsage, {ref.Text() + ": " + key, fmt::format("`{}`", option->second),
                                  fmt::format("one of {}", fmt::join(values, ", ")),
                                  SuggestionFor(option->second, values)});
}

uint64_t NumberOf(const DataRef& ref, const std::string& key, uint64_t fallback, uint64_t least,
                  uint64_t most) {
  const auto option = ref.options.find(key);
  if (option == ref.options.end()) return fallback;
  const std::string& text = option->second;
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= least && value <= most)
    return value;
  throw Error(ErrorCode::kUsage, {ref.Text() + ": " + key, fmt::format("`{}`", text),
                                  fmt::format("a whole number from {} to {}", least, most),
                                  fmt::format("Left out, it is {}", fallback)});
}

}  // namespace bcr
