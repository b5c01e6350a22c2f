#include "harness/features/torch/stored_zip.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "harness/features/torch/torch_refusal.h"

// The format is PKWARE's APPNOTE: the directory at the end names the entries; a record behind it
// says where it lies. Sizes come from the directory: the header in front of an entry may lack them.
namespace bcr::internal {
namespace {

static_assert(std::endian::native == std::endian::little, "zip archives are little-endian");

constexpr uint32_t kEndSignature = 0x06054b50, kEntrySignature = 0x02014b50,
                   kLocalSignature = 0x04034b50, kEnd64Signature = 0x06064b50,
                   kLocator64Signature = 0x07064b50;
constexpr size_t kEndBytes = 22, kEntryBytes = 46, kLocalBytes = 30, kEnd64Bytes = 56,
                 kLocator64Bytes = 20;
constexpr size_t kLongestComment = 0xFFFF;
constexpr uint32_t kIn64 = 0xFFFFFFFF;  // the value stands in the zip64 part
constexpr uint16_t kEncrypted = 1;

class Archive {
 public:
  Archive(std::string_view file, const std::string& where) : file_(file), where_(where) {}

  std::map<std::string, StoredEntry> Read() {
    std::map<std::string, StoredEntry> entries;
    const Directory directory = FindDirectory();
    uint64_t at = directory.begin;
    for (uint64_t i = 0; i < directory.count; ++i) at = ReadEntry(at, entries);
    return entries;
  }

 private:
  struct Directory {
    uint64_t begin, count;
  };
  struct Place {
    uint64_t stored, plain, local;  // bytes in the archive, bytes of the file, its local header
  };

  [[noreturn]] void Damaged(const std::string& found) const {
    RefuseDamage(where_, found, "a whole zip archive");
  }

  template <typename T>
  T At(uint64_t place) const {
    if (place > file_.size() || file_.size() - place < sizeof(T))
      Damaged("an archive that ends within a record");
    T value;
    std::memcpy(&value, file_.data() + place, sizeof(T));
    return value;
  }

  // The end record is the last thing but for a comment.
  uint64_t FindEnd() const {
    if (file_.size() < kEndBytes) Damaged("no end of an archive");
    const uint64_t last = file_.size() - kEndBytes;
    const uint64_t first = last - std::min<uint64_t>(last, kLongestComment);
    for (uint64_t at = last + 1; at-- > first;) {
      if (At<uint32_t>(at) == kEndSignature &&
          at + kEndBytes + At<uint16_t>(at + 20) == file_.size())
        return at;
    }
    Damaged("no end of an archive");
  }

  Directory FindDirectory() const {
    const uint64_t end = FindEnd();
    const uint64_t count = At<uint16_t>(end + 10);
    const uint64_t begin = At<uint32_t>(end + 16);
    if (begin != kIn64 && count != 0xFFFF) return {begin, count};
    if (end < kLocator64Bytes || At<uint32_t>(end - kLocator64Bytes) != kLocator64Signature)
      return {begin, count};
    const auto record = At<uint64_t>(end - kLocator64Bytes + 8);
    if (At<uint32_t>(record) != kEnd64Signature || file_.size() - record < kEnd64Bytes)
      Damaged("no zip64 record where the archive says");
    return {At<uint64_t>(record + 48), At<uint64_t>(record + 32)};
  }

  // Values too large for their fields, in the order of the format.
  void ReadExtra64(uint64_t at, uint64_t bytes, Place& place) const {
    const uint64_t end = at + bytes;
    while (at + 4 <= end) {
      const uint64_t size = At<uint16_t>(at + 2);
      uint64_t field = at + 4;
      at = field + size;
      if (At<uint16_t>(field - 4) != 1) continue;
      for (uint64_t* value : {&place.plain, &place.stored, &place.local}) {
        if (*value != kIn64) continue;
        if (field + 8 > std::min(at, end)) Damaged("a short zip64 field");
        *value = At<uint64_t>(field);
        field += 8;
      }
    }
  }

  std::string_view BytesOf(const Place& place, const std::string& name) const {
    if (At<uint32_t>(place.local) != kLocalSignature)
      Damaged("no entry where `" + Shortened(name) + "` is");
    const uint64_t begin =
        place.local + kLocalBytes + At<uint16_t>(place.local + 26) + At<uint16_t>(place.local + 28);
    if (begin > file_.size() || place.stored > file_.size() - begin)
      Damaged("`" + Shortened(name) + "` beyond the end of the file");
    return file_.substr(begin, place.stored);
  }

  // Returns the place behind the entry's record.
  uint64_t ReadEntry(uint64_t at, std::map<std::string, StoredEntry>& entries) const {
    if (At<uint32_t>(at) != kEntrySignature) Damaged("a directory with other records");
    const uint64_t name_bytes = At<uint16_t>(at + 28), extra_bytes = At<uint16_t>(at + 30),
                   comment_bytes = At<uint16_t>(at + 32);
    const uint64_t name_at = at + kEntryBytes, next = name_at + name_bytes + extra_bytes;
    if (next + comment_bytes > file_.size()) Damaged("an archive that ends within a record");
    const std::string name(file_.substr(name_at, name_bytes));
    Place place = {At<uint32_t>(at + 20), At<uint32_t>(at + 24), At<uint32_t>(at + 42)};
    ReadExtra64(name_at + name_bytes, extra_bytes, place);
    StoredEntry entry{BytesOf(place, name), At<uint32_t>(at + 16), true};
    entry.as_is = (At<uint16_t>(at + 8) & kEncrypted) == 0 && At<uint16_t>(at + 10) == 0 &&
                  place.stored == place.plain;
    if (!entries.emplace(name, entry).second) Damaged("`" + Shortened(name) + "` twice");
    return next + comment_bytes;
  }

  const std::string_view file_;
  const std::string& where_;
};

// CRC-32 of zip archives, eight bytes a step (Kounavis and Berry's slicing).
using Tables = std::array<std::array<uint32_t, 256>, 8>;
constexpr Tables MakeTables() {
  Tables tables{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (0xEDB88320U & (0U - (value & 1U)));
    tables[0][i] = value;
  }
  for (size_t t = 1; t < 8; ++t)
    for (size_t i = 0; i < 256; ++i)
      tables[t][i] = tables[t - 1][i] >> 8 ^ tables[0][tables[t - 1][i] & 0xFF];
  return tables;
}
constexpr Tables kTables = MakeTables();

uint32_t Checksum(std::string_view bytes) {
  uint32_t sum = 0xFFFFFFFF;
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + i, 8);
    word ^= sum;
    sum = 0;
    for (size_t byte = 0; byte < 8; ++byte) sum ^= kTables[7 - byte][word >> (8 * byte) & 0xFF];
  }
  for (; i < bytes.size(); ++i)
    sum = sum >> 8 ^ kTables[0][(sum ^ static_cast<uint8_t>(bytes[i])) & 0xFF];
  return ~sum;
}

}  // namespace

std::map<std::string, StoredEntry> ReadStoredZip(std::string_view file, const std::string& where) {
  return Archive(file, where).Read();
}

void RequireSound(const StoredEntry& entry, const std::string& name, const std::string& where) {
  if (!entry.as_is)
    RefuseForm(where, "`" + Shortened(name) + "`, which is compressed or encrypted",
               "entries stored as they are, as torch.save writes them");
  if (Checksum(entry.bytes) == entry.checksum) return;
  RefuseDamage(where + ": " + Shortened(name), "bytes with another checksum",
               "the bytes that were stored");
}

}  // namespace bcr::internal
