#pragma once

#include <string>
#include <string_view>

namespace bcr::page {

// SHA-256 (FIPS 180-4) of bytes in Base64: how a page's policy names the one script and the styles
// that may run in it.
std::string Sha256Base64(std::string_view bytes);

}  // namespace bcr::page
