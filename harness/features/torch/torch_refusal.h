#pragma once

#include <string>
#include <string_view>

// Why a PyTorch file is not read. Private to harness/features/torch.
namespace bcr::internal {

// The file may be sound, but holds more than tensors or is of another form: kData, with the lines
// of Python that make a file of tensors alone.
[[noreturn]] void RefuseForm(const std::string& where, const std::string& found,
                             const std::string& expected);
// The same of the container that PyTorch wrote before 1.6, which may hold tensors alone.
[[noreturn]] void RefuseLegacy(const std::string& where);
// The file contradicts itself: kData.
[[noreturn]] void RefuseDamage(const std::string& where, const std::string& found,
                               const std::string& expected);

// A name of the file's for a message: its first characters where it is long.
std::string Shortened(std::string_view name);

}  // namespace bcr::internal
