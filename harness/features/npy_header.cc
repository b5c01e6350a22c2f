#include <fmt/format.h>

#include <optional>
#include <vector>

#include "harness/core/error.h"
#include "harness/features/npy.h"

namespace bcr::internal {
namespace {

constexpr size_t kMostColumns = size_t{1} << 24;
constexpr char kSaveHint[] = "Save it with numpy.save(path, numpy.ascontiguousarray(x, '<f4')).";

[[noreturn]] void Fail(const std::string& where, const std::string& found,
                       const std::string& expected, const std::string& hint = kSaveHint) {
  throw Error(ErrorCode::kData, {where, found, expected, hint});
}

struct Fields {
  std::optional<std::string> descr;
  std::optional<bool> fortran_order;
  std::optional<std::vector<size_t>> shape;
};

// The header is a Python dictionary literal of three fixed keys; this reads just that and nothing
// more of Python.
class DictParser {
 public:
  DictParser(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  Fields Parse() {
    Fields fields;
    Expect('{');
    while (!Take('}')) {
      Entry(fields);
      if (Take('}')) break;
      Expect(',');
    }
    SkipSpaces();
    if (at_ < text_.size()) Bad("text behind the dictionary");
    if (!fields.descr || !fields.fortran_order || !fields.shape) {
      Bad("a header without all of descr, fortran_order, shape");
    }
    return fields;
  }

 private:
  void Entry(Fields& fields) {
    const std::string key = Text();
    Expect(':');
    bool first = false;
    if (key == "descr") {
      first = !fields.descr;
      SkipSpaces();
      if (Peek() == '[') Fail(where_, "a structured dtype", "float16, float32 or float64");
      fields.descr = Text();
    } else if (key == "fortran_order") {
      first = !fields.fortran_order;
      fields.fortran_order = Boolean();
    } else if (key == "shape") {
      first = !fields.shape;
      fields.shape = Tuple();
    } else {
      Bad(fmt::format("header key `{}`", key));
    }
    if (!first) Bad(fmt::format("header key `{}` twice", key));
  }

  std::string Text() {
    SkipSpaces();
    const char quote = Peek();
    if (quote != '\'' && quote != '"') Bad("something else than quoted text");
    const size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) Bad("a quote that is never closed");
    std::string text(text_.substr(at_ + 1, end - at_ - 1));
    for (const char c : text) {
      if (c < ' ' || c > '~' || c == '\\') Bad("an unprintable character or escape in quoted text");
    }
    at_ = end + 1;
    return text;
  }

  bool Boolean() {
    SkipSpaces();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return value;
      }
    }
    Bad("something else than True or False for fortran_order");
  }

  std::vector<size_t> Tuple() {
    std::vector<size_t> items;
    Expect('(');
    bool comma = true;
    while (!Take(')')) {
      if (!comma) Bad("a shape without commas");
      items.push_back(Integer());
      comma = Take(',');
    }
    if (items.size() == 1 && !comma) Bad("a number instead of a tuple for shape");
    return items;
  }

  size_t Integer() {
    SkipSpaces();
    const size_t start = at_;
    size_t value = 0;
    for (; Peek() >= '0' && Peek() <= '9'; ++at_) {
      if (__builtin_mul_overflow(value, size_t{10}, &value) ||
          __builtin_add_overflow(value, static_cast<size_t>(Peek() - '0'), &value)) {
        Bad("a dimension beyond 64 bits");
      }
    }
    if (at_ == start) Bad("something else than a non-negative integer in shape");
    if (Peek() == 'L') ++at_;  // Python 2 wrote long integers so
    return value;
  }

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool Take(char c) {
    SkipSpaces();
    if (Peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }

  void Expect(char c) {
    if (!Take(c)) Bad(fmt::format("no `{}` at byte {} of the header", c, at_));
  }

  void SkipSpaces() {
    while (Peek() == ' ' || Peek() == '\n' || Peek() == '\t') ++at_;
  }

  [[noreturn]] void Bad(const std::string& found) const {
    Fail(where_, found,
         "a header {'descr': '<f4', 'fortran_order': False, 'shape': (rows, columns), }");
  }

  std::string_view text_;
  const std::string& where_;
  size_t at_ = 0;
};

std::string DtypeName(const std::string& descr) {
  if (descr.size() < 3 || descr.size() > 8) return fmt::format("dtype `{}`", descr.substr(0, 40));
  const char kind = descr[1];
  const std::string size = descr.substr(2);
  const char* name = nullptr;
  if (kind == 'f') name = "float";
  if (kind == 'i') name = "int";
  if (kind == 'u') name = "uint";
  if (kind == 'c') name = "complex";
  if (kind == 'b') return fmt::format("dtype bool (`{}`)", descr);
  if (kind == 'O') return fmt::format("dtype object (`{}`)", descr);
  if (kind == 'S' || kind == 'U') return fmt::format("dtype text (`{}`)", descr);
  if (name == nullptr || size.size() > 2) return fmt::format("dtype `{}`", descr);
  int bytes = 0;
  for (const char c : size) {
    if (c < '0' || c > '9') return fmt::format("dtype `{}`", descr);
    bytes = bytes * 10 + (c - '0');
  }
  return fmt::format("dtype {}{} (`{}`)", name, 8 * bytes, descr);
}

ElementType TypeOf(const std::string& descr, const std::string& where) {
  if (descr == "<f2") return ElementType::kFloat16;
  if (descr == "<f4") return ElementType::kFloat32;
  if (descr == "<f8") return ElementType::kFloat64;
  if (descr == ">f2" || descr == ">f4" || descr == ">f8") {
    Fail(where, fmt::format("big-endian {}", DtypeName(descr)), "little-endian values");
  }
  Fail(where, DtypeName(descr), "float16, float32 or float64");
}

// Other things that end up under the name features.npy.
[[noreturn]] void RefuseFormat(std::string_view bytes, const std::string& where) {
  if (bytes.empty()) Fail(where, "an empty file", "a .npy file");
  if (bytes.starts_with("PK\x03\x04")) {
    Fail(where, "a zip archive (.npz, or written by torch.save)", "a .npy file");
  }
  if (bytes.size() > 1 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5) {
    Fail(where, "a Python pickle", "a .npy file");
  }
  Fail(where, "another file format", "a .npy file");
}

// The dictionary's text; sets `end` to where the data starts.
std::string_view HeaderText(std::string_view bytes, const std::string& where, size_t& end) {
  if (!bytes.starts_with("\x93NUMPY")) RefuseFormat(bytes, where);
  const auto byte = [&](size_t i) { return static_cast<size_t>(static_cast<uint8_t>(bytes[i])); };
  if (bytes.size() < 10) Fail(where, "a file cut short in its header", "a whole .npy file");
  const size_t major = byte(6), minor = byte(7);
  if (major < 1 || major > 3 || minor != 0) {
    Fail(where, fmt::format("format version {}.{}", major, minor), "version 1.0, 2.0 or 3.0");
  }
  const size_t start = major == 1 ? 10 : 12;
  if (bytes.size() < start) Fail(where, "a file cut short in its header", "a whole .npy file");
  size_t length = byte(8) | byte(9) << 8;
  if (major > 1) length |= byte(10) << 16 | byte(11) << 24;
  if (length > bytes.size() - start) {
    Fail(where, fmt::format("a header of {} bytes in a file of {}", length, bytes.size()),
         "a whole .npy file");
  }
  const std::string_view text = bytes.substr(start, length);
  if (!text.ends_with('\n')) Fail(where, "a header without a final line feed", "a .npy header");
  end = start + length;
  return text;
}

void CheckSize(const NpyHeader& header, size_t available, const std::string& where) {
  size_t wanted = 0;
  const bool overflow = __builtin_mul_overflow(header.rows, header.cols, &wanted) ||
                        __builtin_mul_overflow(wanted, SizeOf(header.type), &wanted);
  if (!overflow && wanted == available) return;
  Fail(where, fmt::format("{} bytes of data", available),
       overflow
           ? fmt::format("more than any file holds for shape ({}, {})", header.rows, header.cols)
           : fmt::format("{} for shape ({}, {})", wanted, header.rows, header.cols),
       overflow || wanted > available
           ? "The file was cut short or its header is wrong: write it again."
           : "Bytes follow the array: write the file again.");
}

}  // namespace

void RequireWidth(size_t cols, const std::string& where) {
  if (cols >= 1 && cols <= kMostColumns) return;
  throw Error(ErrorCode::kData,
              {where, fmt::format("{} columns", cols), fmt::format("1 to {}", kMostColumns), ""});
}

NpyHeader ParseNpyHeader(std::string_view bytes, const std::string& where) {
  NpyHeader header;
  const std::string_view text = HeaderText(bytes, where, header.data_offset);
  const Fields fields = DictParser(text, where).Parse();
  header.type = TypeOf(*fields.descr, where);
  if (fields.shape->size() != 2) {
    Fail(where, fmt::format("an array of shape ({})", fmt::join(*fields.shape, ", ")),
         "two dimensions: one row an image", kShapeHint);
  }
  if (*fields.fortran_order) Fail(where, "Fortran (column-major) order", "C (row-major) order");
  header.rows = (*fields.shape)[0];
  header.cols = (*fields.shape)[1];
  RequireWidth(header.cols, where);
  CheckSize(header, bytes.size() - header.data_offset, where);
  return header;
}

}  // namespace bcr::internal
