#pragma once

#include <cstdint>
#include <string>

namespace c10 {
enum class ScalarType : int8_t;
}

// Element types by the names that safetensors give them. Private to harness/nn.
namespace bcr {

// REQUIRES: a name that a reader of files let pass (SafetensorsDtypes).
c10::ScalarType TypeOfDtype(const std::string& dtype);
// Throws kInternal naming `where` for a type that no file of ours holds.
std::string DtypeOf(c10::ScalarType type, const std::string& where);

}  // namespace bcr
