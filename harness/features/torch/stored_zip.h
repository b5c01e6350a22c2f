#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace bcr::internal {

struct StoredEntry {
  std::string_view bytes;  // of the archive
  uint32_t checksum = 0;
  bool as_is = true;  // neither compressed nor encrypted
};

// The entries of a zip archive by name. Reads zip64 as well; decompresses nothing: torch.save stores
// every file as it is. Throws kData naming `where`: no whole archive, entries outside the file, a
// name twice.
std::map<std::string, StoredEntry> ReadStoredZip(std::string_view file, const std::string& where);

// Throws kData naming `where` and the entry: one that is compressed or encrypted, or whose bytes are
// not those it was stored with.
void RequireSound(const StoredEntry& entry, const std::string& name, const std::string& where);

}  // namespace bcr::internal
