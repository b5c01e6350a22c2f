#include "tests/fuzz/mutator.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstring>

#include "harness/core/random.h"

namespace bcr::fuzz {
namespace {

constexpr size_t kLongest = 1 << 16;

// Where parsers of any format tend to break.
const std::vector<std::string>& CommonWords() {
  static const std::vector<std::string> words = {std::string(1, '\0'),
                                                 "\xff",
                                                 "\xff\xff\xff\xff",
                                                 "\xef\xbb\xbf",
                                                 "\xc3\x28",
                                                 "\xed\xa0\x80",
                                                 "\"",
                                                 "\"\"",
                                                 "'",
                                                 ",",
                                                 ":",
                                                 "\n",
                                                 "\r",
                                                 "\r\n",
                                                 " ",
                                                 "\t",
                                                 "/",
                                                 "..",
                                                 "\\u0000",
                                                 "\\",
                                                 "{",
                                                 "}",
                                                 "[[[[",
                                                 "(",
                                                 ")",
                                                 "nan",
                                                 "inf",
                                                 std::string(300, '[')};
  return words;
}

const std::vector<std::string>& Numbers() {
  static const std::vector<std::string> numbers = {"0",
                                                   "-1",
                                                   "1",
                                                   "2",
                                                   "-0",
                                                   "00",
                                                   "1e5",
                                                   "1e999",
                                                   "0.5",
                                                   "1.0000000000000002",
                                                   "255",
                                                   "65536",
                                                   "16777216",
                                                   "2147483648",
                                                   "4294967296",
                                                   "9007199254740993",
                                                   "9223372036854775807",
                                                   "9223372036854775808",
                                                   "18446744073709551615",
                                                   "18446744073709551616",
                                                   std::string(300, '9')};
  return numbers;
}

class Mutator {
 public:
  Mutator(const std::vector<std::string>& corpus, const std::vector<std::string>& words,
          uint64_t seed)
      : corpus_(corpus), words_(words), random_(seed), bytes_(Pick(corpus)) {}

  std::string Run() {
    if (random_.Chance(0.1)) Splice();
    for (uint64_t i = 0, changes = Changes(); i < changes; ++i) Change();
    if (bytes_.size() > kLongest) bytes_.resize(kLongest);
    return std::move(bytes_);
  }

 private:
  // Mostly few: a mutant near its seed gets past the first checks.
  uint64_t Changes() {
    if (random_.Chance(0.6)) return 1;
    return random_.Chance(0.1) ? 1 + random_.Below(16) : 1 + random_.Below(3);
  }

  void Change() {
    switch (random_.Below(10)) {
      case 0:
        if (!bytes_.empty()) bytes_[Below()] ^= static_cast<char>(1 << random_.Below(8));
        return;
      case 1:
        if (!bytes_.empty()) bytes_[Below()] = static_cast<char>(random_.Below(256));
        return;
      case 2:
        bytes_.insert(Position(), Word());
        return;
      case 3:
        return Overwrite(Word());
      case 4:
        return Number();
      case 5:
        return BinaryNumber();
      case 6: {
        const size_t at = Position();
        bytes_.erase(at, Length(at));
        return;
      }
      case 7: {
        const size_t at = Position();
        const std::string piece = bytes_.substr(at, Length(at));
        bytes_.insert(Position(), piece);
        return;
      }
      case 8:
        return SwapLines();
      default:
        if (random_.Chance(0.2)) bytes_.resize(Position());
    }
  }

  // The front of one seed and the back of another.
  void Splice() {
    const std::string& other = Pick(corpus_);
    bytes_.resize(Position());
    bytes_ += other.substr(random_.Below(other.size() + 1));
  }

  void Overwrite(const std::string& word) {
    const size_t at = Position();
    bytes_.replace(at, std::min(word.size(), bytes_.size() - at), word);
  }

  // Another number in the place of a decimal one.
  void Number() {
    const auto digit = [](unsigned char c) { return std::isdigit(c) != 0; };
    const auto first = bytes_.begin() + static_cast<std::ptrdiff_t>(Position());
    const auto begin = std::find_if(first, bytes_.end(), digit);
    const auto end = std::find_if_not(begin, bytes_.end(), digit);
    if (begin == end) return;
    if (random_.Chance(0.5)) {
      *begin = static_cast<char>('0' + random_.Below(10));
    } else {
      bytes_.replace(begin, end, Pick(Numbers()));
    }
  }

  // A little-endian integer a little higher or lower, or at a boundary.
  void BinaryNumber() {
    const size_t size = size_t{1} << random_.Below(4);
    if (bytes_.size() < size) return;
    const size_t at = random_.Below(std::min<size_t>(bytes_.size() - size + 1, 64));
    uint64_t value = 0;
    std::memcpy(&value, bytes_.data() + at, size);
    switch (random_.Below(4)) {
      case 0:
        value += 1 + random_.Below(16);
        break;
      case 1:
        value -= 1 + random_.Below(16);
        break;
      case 2:
        value = ~uint64_t{0} >> random_.Below(64);
        break;
      default:
        value = uint64_t{1} << random_.Below(64);
    }
    std::memcpy(bytes_.data() + at, &value, size);
  }

  // Two neighbouring lines, or halves where there is one line.
  void SwapLines() {
    const size_t at = bytes_.find('\n', Position());
    const auto middle =
        bytes_.begin() + static_cast<std::ptrdiff_t>(at == std::string::npos ? Position() : at + 1);
    const auto end = std::find(middle, bytes_.end(), '\n');
    std::rotate(bytes_.begin(), middle, end);
  }

  const std::string& Word() {
    return !words_.empty() && random_.Chance(0.6) ? Pick(words_) : Pick(CommonWords());
  }
  const std::string& Pick(const std::vector<std::string>& list) {
    return list[random_.Below(list.size())];
  }
  size_t Below() { return random_.Below(bytes_.size()); }
  size_t Position() { return random_.Below(bytes_.size() + 1); }
  size_t Length(size_t at) { return std::min<size_t>(1 + random_.Below(16), bytes_.size() - at); }

  const std::vector<std::string>& corpus_;
  const std::vector<std::string>& words_;
  Random random_;
  std::string bytes_;
};

}  // namespace

std::string Mutant(const std::vector<std::string>& corpus, const std::vector<std::string>& words,
                   uint64_t seed) {
  return Mutator(corpus, words, seed).Run();
}

}  // namespace bcr::fuzz
