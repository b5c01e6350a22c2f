#include "datasets/pedsynth/options.h"

#include <fmt/core.h>

#include <charconv>
#include <cstdint>
#include <vector>

#include "harness/core/data_ref.h"
#include "harness/core/error.h"

namespace bcr::pedsynth {
namespace {

struct IntOption {
  const char* key;
  int Options::*field;
  int low, high;
  const char* about;
};

const std::vector<IntOption>& IntOptions() {
  static const std::vector<IntOption> options = {
      {"identities", &Options::identities, 1, 1000000, "training identities"},
      {"test-identities", &Options::test_identities, 1, 1000000, "test identities"},
      {"images", &Options::images, 1, 1000, "mean images per identity, queries included"},
      {"cameras", &Options::cameras, 1, 999, "cameras"},
      {"distractors", &Options::distractors, 0, 10000000, "gallery images of nobody asked for"},
      {"junk", &Options::junk, 0, 10000000, "bad detections, identity -1"},
      {"height", &Options::height, 32, 1024, "picture height in pixels"},
      {"width", &Options::width, 16, 1024, "picture width in pixels"},
  };
  return options;
}

template <typename T>
T ParseNumber(const std::string& key, const std::string& text, T low, T high) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, value);
  if (status != std::errc() || stop != end || value < low || value > high) {
    throw Error(ErrorCode::kUsage, {fmt::format("option {}", key), fmt::format("`{}`", text),
                                    fmt::format("a whole number from {} to {}", low, high),
                                    fmt::format("For example pedsynth-a,{}={}.", key, low)});
  }
  return value;
}

}  // namespace

std::string Options::Text() const {
  std::string text = fmt::format("pedsynth-{} r{}", domain, kRevision);
  for (const IntOption& option : IntOptions()) {
    text += fmt::format(" {}={}", option.key, this->*option.field);
  }
  return text + fmt::format(" seed={}", seed);
}

Options ParseOptions(const DataRef& ref, const std::string& domain) {
  Options options;
  options.domain = domain;
  for (const IntOption& option : IntOptions()) {
    const auto found = ref.options.find(option.key);
    if (found == ref.options.end()) continue;
    options.*option.field = ParseNumber<int>(option.key, found->second, option.low, option.high);
  }
  const auto seed = ref.options.find("seed");
  if (seed != ref.options.end()) {
    options.seed = ParseNumber<uint64_t>("seed", seed->second, 0, UINT64_MAX);
  }
  return options;
}

std::map<std::string, std::string> DescribeOptions() {
  const Options defaults;
  std::map<std::string, std::string> about;
  for (const IntOption& option : IntOptions()) {
    about[option.key] = fmt::format("{} ({}; {} to {})", option.about, defaults.*option.field,
                                    option.low, option.high);
  }
  about["seed"] = fmt::format("master seed ({})", defaults.seed);
  return about;
}

}  // namespace bcr::pedsynth
