#include "harness/data/jpeg_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace bcr {
namespace {

constexpr int kLookup = 9;  // bits; longer codes are rare

// A Huffman table (ITU-T T.81, annex C and F.2.2.3): symbol and length of a code by its first bits,
// and the ranges of longer codes.
struct HuffmanTable {
  std::array<uint16_t, 1 << kLookup> quick{};  // length << 8 | symbol; 0: a longer code
  std::array<int32_t, 17> last{};              // largest code of each length, -1: none
  std::array<int32_t, 17> offset{};            // of each length: symbol place - code
  std::vector<uint8_t> symbols;
};

struct Component {
  int id = 0, across = 0, down = 0;  // sampling factors
};

struct Frame {
  int height = 0, width = 0;
  std::vector<Component> components;
};

int Rounded(int value, int unit) { return (value + unit - 1) / unit; }

// Reads bits of entropy-coded data up to the next marker; beyond it come zeros, counted.
class BitReader {
 public:
  BitReader(const std::string& bytes, size_t at) : bytes_(&bytes), at_(at) {}

  // The next 16 bits. Afterwards Skip may pass up to 32.
  uint32_t Peek16() {
    if (held_ < 32) Refill();
    return static_cast<uint32_t>(bits_ >> (held_ - 16)) & 0xFFFF;
  }
  void Skip(int count) { held_ -= count; }
  bool Overrun() const { return held_ < zeros_; }
  // Where the next marker is (the last 0xFF of its fill bytes), or the end.
  size_t Marker() {
    while (zeros_ == 0) {
      held_ = 0;
      Fill();
    }
    while (at_ + 1 < bytes_->size() && static_cast<uint8_t>((*bytes_)[at_ + 1]) == 0xFF) ++at_;
    return at_;
  }

 private:
  void Refill() {
    if (zeros_ == 0 && at_ + 4 <= bytes_->size()) {
      uint32_t word = 0;
      for (size_t i = 0; i < 4; ++i) {
        word = word << 8 | static_cast<uint8_t>((*bytes_)[at_ + i]);
      }
      const bool holds_ff = ((~word - 0x01010101U) & word & 0x80808080U) != 0;
      if (!holds_ff) {
        bits_ = bits_ << 32 | word;
        held_ += 32;
        at_ += 4;
        return;
      }
    }
    while (held_ < 32) Fill();
  }
  void Fill() {
    uint32_t byte = 0;
    if (zeros_ == 0 && at_ < bytes_->size()) {
      byte = static_cast<uint8_t>((*bytes_)[at_]);
      const bool stuffed = byte == 0xFF && at_ + 1 < bytes_->size() && (*bytes_)[at_ + 1] == 0;
      if (byte != 0xFF || stuffed) {
        at_ += stuffed ? 2 : 1;
        bits_ = bits_ << 8 | byte;
        held_ += 8;
        return;
      }
    }
    bits_ <<= 8;
    held_ += 8;
    zeros_ += 8;
  }

  const std::string* bytes_;
  size_t at_;
  uint64_t bits_ = 0;
  int held_ = 0;   // bits not read yet
  int zeros_ = 0;  // of these, bits that the file does not have
};

// Walks a sequential Huffman-coded JPEG without computing a pixel.
class Walker {
 public:
  explicit Walker(const std::string& bytes) : bytes_(bytes) {}
  std::string Damage();

 private:
  int Byte(size_t i) const { return i < bytes_.size() ? static_cast<uint8_t>(bytes_[i]) : 0; }
  int Word(size_t i) const { return Byte(i) << 8 | Byte(i + 1); }
  void ReadTables(size_t at, size_t end);
  bool ReadFrame(size_t at, size_t end);
  // Both false where this walk ends: damage was found, or headers do not fit together. Otherwise
  // WalkUnits moves `at` to the marker behind the data.
  bool ReadScan(size_t at, size_t end);
  bool WalkUnits(size_t& at);
  bool WalkUnit(BitReader& reader) const;

  struct ScanComponent {
    int blocks;  // in one unit
    const HuffmanTable *dc, *ac;
  };

  const std::string& bytes_;
  std::optional<HuffmanTable> tables_[2][4];  // class (DC, AC), place
  Frame frame_;
  int restart_ = 0;  // units between restart markers; 0: none
  std::vector<ScanComponent> scan_;
  int64_t units_ = 0;  // of the scan
  std::string damage_;
};

HuffmanTable MakeTable(const std::array<int, 17>& counts, std::vector<uint8_t> symbols) {
  HuffmanTable table;
  table.symbols = std::move(symbols);
  int32_t code = 0, place = 0;
  for (int length = 1; length <= 16; ++length, code <<= 1) {
    table.offset[length] = place - code;
    for (int i = 0; i < counts[length]; ++i, ++code, ++place) {
      if (length > kLookup) continue;
      const int first = code << (kLookup - length), many = 1 << (kLookup - length);
      for (int k = first; k < first + many && k < 1 << kLookup; ++k) {
        table.quick[k] = static_cast<uint16_t>(length << 8 | table.symbols[place]);
      }
    }
    table.last[length] = counts[length] > 0 ? code - 1 : -1;
  }
  return table;
}

void Walker::ReadTables(size_t at, size_t end) {
  while (at + 17 <= end) {
    const int kind = Byte(at) >> 4, place = Byte(at) & 15;
    std::array<int, 17> counts{};
    int total = 0;
    for (int length = 1; length <= 16; ++length) total += counts[length] = Byte(at + length);
    at += 17;
    if (kind > 1 || place > 3 || total > 256 || at + total > end) return;
    std::vector<uint8_t> symbols(bytes_.begin() + static_cast<ptrdiff_t>(at),
                                 bytes_.begin() + static_cast<ptrdiff_t>(at) + total);
    tables_[kind][place] = MakeTable(counts, std::move(symbols));
    at += total;
  }
}

bool Walker::ReadFrame(size_t at, size_t end) {
  frame_ = {Word(at + 1), Word(at + 3), {}};
  const int count = Byte(at + 5);
  if (at + 6 + 3 * static_cast<size_t>(count) > end) return false;
  for (int i = 0; i < count; ++i) {
    const size_t entry = at + 6 + 3 * static_cast<size_t>(i);
    frame_.components.push_back({Byte(entry), Byte(entry + 1) >> 4, Byte(entry + 1) & 15});
    const Component& made = frame_.components.back();
    if (made.across < 1 || made.across > 4 || made.down < 1 || made.down > 4) return false;
  }
  return Byte(at) == 8 && frame_.height > 0 && frame_.width > 0 && count > 0;
}

// The next symbol, its code still unread; its length goes to `length`. -1: no code.
int Symbol(uint32_t bits, const HuffmanTable& table, int& length) {
  if (const int quick = table.quick[bits >> (16 - kLookup)]; quick != 0) {
    length = quick >> 8;
    return quick & 0xFF;
  }
  for (length = kLookup + 1; length <= 16; ++length) {
    const auto code = static_cast<int32_t>(bits >> (16 - length));
    if (code > table.last[length]) continue;
    const int32_t place = code + table.offset[length];
    if (place < 0 || static_cast<size_t>(place) >= table.symbols.size()) return -1;
    return table.symbols[static_cast<size_t>(place)];
  }
  return -1;
}

bool WalkBlock(BitReader& reader, const HuffmanTable& dc, const HuffmanTable& ac) {
  int length = 0;
  const int first = Symbol(reader.Peek16(), dc, length);
  if (first < 0 || first > 16) return false;
  reader.Skip(length + first);
  for (int place = 1; place < 64; ++place) {
    const int symbol = Symbol(reader.Peek16(), ac, length);
    if (symbol < 0) return false;
    const int run = symbol >> 4, size = symbol & 15;
    reader.Skip(length + size);
    if (size == 0 && run != 15) break;  // end of block
    place += run;
  }
  return true;
}

bool Walker::WalkUnit(BitReader& reader) const {
  for (const ScanComponent& component : scan_) {
    for (int block = 0; block < component.blocks; ++block) {
      if (!WalkBlock(reader, *component.dc, *component.ac)) return false;
    }
  }
  return true;
}

bool Walker::WalkUnits(size_t& at) {
  BitReader reader(bytes_, at);
  for (int64_t unit = 0; unit < units_; ++unit) {
    if (restart_ > 0 && unit > 0 && unit % restart_ == 0) {
      const size_t marker = reader.Marker();
      if (Byte(marker + 1) != 0xD0 + (unit / restart_ - 1) % 8) {
        damage_ =
            fmt::format("picture data without restart marker after {} of {} units", unit, units_);
        return false;
      }
      reader = BitReader(bytes_, marker + 2);
    }
    const bool sound = WalkUnit(reader);
    if (sound && !reader.Overrun()) continue;
    damage_ = fmt::format("picture data that {} after {} of {} units",
                          reader.Overrun() ? "end" : "are damaged", unit, units_);
    return false;
  }
  at = reader.Marker();
  return true;
}

bool Walker::ReadScan(size_t at, size_t end) {
  const int count = Byte(at);
  if (count < 1 || at + 4 + 2 * static_cast<size_t>(count) > end) return false;
  int most_across = 1, most_down = 1;
  for (const Component& component : frame_.components) {
    most_across = std::max(most_across, component.across);
    most_down = std::max(most_down, component.down);
  }
  scan_.clear();
  int across = most_across, down = most_down, own_across = most_across, own_down = most_down;
  for (int i = 0; i < count; ++i) {
    const int id = Byte(at + 1 + 2 * i), places = Byte(at + 2 + 2 * i);
    const auto found = std::find_if(frame_.components.begin(), frame_.components.end(),
                                    [id](const Component& c) { return c.id == id; });
    if (found == frame_.components.end() || (places >> 4) > 3 || (places & 15) > 3) return false;
    const auto& dc = tables_[0][places >> 4];
    const auto& ac = tables_[1][places & 15];
    if (!dc || !ac) return false;
    scan_.push_back({count == 1 ? 1 : found->across * found->down, &*dc, &*ac});
    own_across = found->across, own_down = found->down;
  }
  // A component alone is coded block by block, as far as its own picture reaches.
  if (count == 1) across = down = 1;
  const int width = count == 1 ? Rounded(frame_.width * own_across, most_across) : frame_.width;
  const int height = count == 1 ? Rounded(frame_.height * own_down, most_down) : frame_.height;
  units_ = static_cast<int64_t>(Rounded(width, 8 * across)) * Rounded(height, 8 * down);
  return true;
}

std::string Walker::Damage() {
  if (Byte(0) != 0xFF || Byte(1) != 0xD8) return "";
  for (size_t at = 2; at + 3 < bytes_.size();) {
    const int marker = Byte(at + 1);
    if (Byte(at) != 0xFF || marker == 0xFF) {
      ++at;
      continue;
    }
    if (marker == 0xD9) return "";
    const bool alone = marker == 0x00 || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
    const size_t begin = at + 4, end = alone ? at + 2 : at + 2 + static_cast<size_t>(Word(at + 2));
    at = end;
    if (alone) continue;
    if (end < begin || end > bytes_.size()) return "";
    if (marker == 0xC4) ReadTables(begin, end);
    if (marker == 0xDD) restart_ = Word(begin);
    const bool frame =
        marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame && (marker > 0xC1 || !ReadFrame(begin, end))) return "";
    if (marker == 0xDA && (!ReadScan(begin, end) || !WalkUnits(at))) return damage_;
  }
  return "";
}

}  // namespace

std::string JpegDamage(const std::string& bytes) { return Walker(bytes).Damage(); }

}  // namespace bcr
