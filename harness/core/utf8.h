#pragma once

#include <cstddef>
#include <string_view>

namespace bcr {

// Offset of the first byte that is not part of well-formed UTF-8 (RFC 3629: no overlong forms,
// surrogates or values above U+10FFFF), or std::string_view::npos where all of `text` is well
// formed.
size_t InvalidUtf8At(std::string_view text);

}  // namespace bcr
