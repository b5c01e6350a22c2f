#include "harness/features/torch/torch_refusal.h"

#include <fmt/format.h>

#include "harness/core/error.h"

namespace bcr::internal {
namespace {

// `path` as a Python text.
std::string Quoted(const std::string& path) {
  std::string text = "\"";
  for (const char c : path) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

// Three lines that leave nothing but the tensors of a checkpoint.
std::string Conversion(const std::string& path, const char* weights_only) {
  return fmt::format(
      "  import torch; m = torch.load({}, map_location=\"cpu\", weights_only={})\n"
      "  m = m.get(\"state_dict\", m.get(\"model\", m)) if isinstance(m, dict) else m\n"
      "  torch.save(dict(m if isinstance(m, dict) else m.state_dict()), {})\n"
      "and give the new file.",
      Quoted(path), weights_only, Quoted(path + ".tensors.pth"));
}

}  // namespace

void RefuseForm(const std::string& where, const std::string& found, const std::string& expected) {
  // Only the file's owner can say whether to run what it names.
  throw Error(ErrorCode::kData, {where, found, expected,
                                 "Convert it once in Python, if you trust it, for loading it runs "
                                 "its code:\n" +
                                     Conversion(where, "False")});
}

void RefuseLegacy(const std::string& where) {
  throw Error(ErrorCode::kData, {where, "the container of PyTorch before 1.6", "the zip container",
                                 "Convert it once in Python:\n" + Conversion(where, "True")});
}

void RefuseDamage(const std::string& where, const std::string& found, const std::string& expected) {
  throw Error(ErrorCode::kData,
              {where, found, expected, "The file is damaged; make or copy it anew."});
}

std::string Shortened(std::string_view name) {
  constexpr size_t kShown = 80;
  return name.size() <= kShown ? std::string(name) : std::string(name.substr(0, kShown)) + "...";
}

}  // namespace bcr::internal
