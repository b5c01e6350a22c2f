#include "harness/nn/dtype_names.h"

#include <ATen/ATen.h>

#include "harness/core/error.h"

namespace bcr {
namespace {

struct TypePair {
  const char* name;
  at::ScalarType type;
};
constexpr TypePair kTypes[] = {{"F64", at::kDouble}, {"F32", at::kFloat},     {"F16", at::kHalf},
                               {"I64", at::kLong},   {"BF16", at::kBFloat16}, {"I32", at::kInt},
                               {"I16", at::kShort},  {"I8", at::kChar},       {"U8", at::kByte},
                               {"BOOL", at::kBool}};

}  // namespace

c10::ScalarType TypeOfDtype(const std::string& dtype) {
  for (const TypePair& pair : kTypes)
    if (dtype == pair.name) return pair.type;
  BCR_CHECK(false, "dtype passed the reader's check: " + dtype);
  return at::kFloat;
}

std::string DtypeOf(c10::ScalarType type, const std::string& where) {
  for (const TypePair& pair : kTypes)
    if (type == pair.type) return pair.name;
  throw Error(ErrorCode::kInternal, {where, std::string("a tensor of type ") + at::toString(type),
                                     "a type that safetensors files hold here", ""});
}

}  // namespace bcr
