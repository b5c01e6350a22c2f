#pragma once

#include <string>

namespace bcr {

// STORE.json, which makes a folder a store.
inline constexpr char kStoreFile[] = "STORE.json";

// What it holds. It proves itself, so that a damaged file is not taken for that of another version.
std::string StoreText();

// Whether `text` is what a store of this version holds; false where it is damaged. Those written
// before there was a hash hold the revision alone. Throws kConfig for a store of another version,
// naming `file`; kInterrupted.
bool IsStoreText(const std::string& text, const std::string& file);

}  // namespace bcr
