#include "harness/features/safetensors_header.h"

#include <gmock/gmock.h>

#include <cstring>

#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using testing::HasSubstr;

std::string File(const std::string& header, size_t data_bytes) {
  const uint64_t length = header.size();
  std::string out(8, '\0');
  std::memcpy(out.data(), &length, 8);
  return out + header + std::string(data_bytes, '\0');
}

std::string OneTensor(const std::string& dtype, const std::string& shape,
                      const std::string& offsets) {
  return R"({"a":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets +
         "}}";
}

TEST(SafetensorsHeader, ReadsOffsetsFromTheStartOfTheFile) {
  const std::string file =
      File(R"({"__metadata__":{"k":"v"},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]},)"
           R"("a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}  )",
           11);
  const auto tensors = ParseSafetensorsHeader(file, "f");
  ASSERT_EQ(tensors.size(), 2U);
  EXPECT_EQ(tensors.at("a").shape, (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(tensors.at("a").begin, file.size() - 11);
  EXPECT_EQ(tensors.at("b").end, file.size());
}

TEST(SafetensorsHeader, EmptyFileOfTensorsIsLegal) {
  EXPECT_TRUE(ParseSafetensorsHeader(File("{}", 0), "f").empty());
}

struct Malformed {
  const char* name;
  std::string file;
  const char* message;
};

std::vector<Malformed> MalformedFiles() {
  const std::string a = R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  std::string long_header = File("{}", 0);
  long_header[0] = 3;
  std::string huge_header = File("{}", 0);
  huge_header[7] = '\x7f';
  return {
      {"empty", "", "8 bytes"},
      {"short", std::string(7, 'x'), "8 bytes"},
      {"header beyond file", long_header, "inside the file"},
      {"header length overflows", huge_header, "inside the file"},
      {"no json", File("{\"a\":", 4), "no JSON"},
      {"comment", File("{/*x*/}", 0), "no JSON"},
      {"trailing text", File("{}x", 0), "no JSON"},
      {"invalid utf-8", File("{\"\xff\":1}", 0), "no JSON"},
      {"array", File("[]", 0), "no object"},
      {"deep nesting", File(std::string(100000, '['), 0), "no JSON"},
      {"entry no object", File(R"({"a":1})", 0), "no object"},
      {"twice", File("{" + a + "," + a + "}", 4), "twice"},
      {"no dtype", File(R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4), "no dtype"},
      {"dtype no text", File(R"({"a":{"dtype":4,"shape":[1],"data_offsets":[0,4]}})", 4),
       "no dtype"},
      {"unknown dtype", File(OneTensor("U16", "[2]", "[0,4]"), 4), "U16"},
      {"no shape", File(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4), "shape"},
      {"negative side", File(OneTensor("F32", "[-1]", "[0,4]"), 4), "shape"},
      {"fractional side", File(OneTensor("F32", "[1.0]", "[0,4]"), 4), "shape"},
      {"side beyond int64", File(OneTensor("F32", "[18446744073709551615]", "[0,4]"), 4), "shape"},
      {"size overflows", File(OneTensor("F32", "[4611686018427387905]", "[0,4]"), 4), "too large"},
      {"strides overflow", File(OneTensor("F32", "[0,4611686018427387905]", "[0,0]"), 0),
       "too large"},
      {"too many dimensions",
       File(OneTensor("U8", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,1]"), 1), "too large"},
      {"no offsets", File(R"({"a":{"dtype":"F32","shape":[1]}})", 4), "data_offsets"},
      {"one offset", File(OneTensor("F32", "[1]", "[4]"), 4), "two offsets"},
      {"reversed offsets", File(OneTensor("F32", "[1]", "[4,0]"), 4), "two offsets"},
      {"offset beyond file", File(OneTensor("F32", "[1]", "[0,5]"), 4), "two offsets"},
      {"size differs from shape", File(OneTensor("F32", "[2]", "[0,4]"), 4), "by shape and dtype"},
      {"overlap", File("{" + a + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}})", 6),
       "overlap"},
      {"gap", File("{" + a + R"(,"b":{"dtype":"U8","shape":[1],"data_offsets":[5,6]}})", 6), "gap"},
      {"bytes behind", File("{" + a + "}", 5), "behind the last"},
  };
}

TEST(SafetensorsHeader, MalformedFilesAreRefused) {
  for (const Malformed& m : MalformedFiles()) {
    const Error error = test::CatchError([&] { ParseSafetensorsHeader(m.file, "some/file"); });
    EXPECT_EQ(error.code(), ErrorCode::kData) << m.name;
    EXPECT_THAT(error.what(), testing::AllOf(HasSubstr("some/file"), HasSubstr(m.message)))
        << m.name;
  }
}

TEST(SafetensorsHeader, MadeHeadersAreAlignedAndReadBack) {
  const std::map<std::string, TensorEntry> tensors = {{"a", {"F32", {2}, 0, 8}},
                                                      {"b", {"BOOL", {}, 8, 9}}};
  const std::string header = MakeSafetensorsHeader(tensors, {{"k", "v"}});
  EXPECT_EQ(header.size() % 8, 0U);
  const auto read = ParseSafetensorsHeader(header + std::string(9, '\0'), "f");
  EXPECT_EQ(read.at("b").begin, header.size() + 8);
  EXPECT_TRUE(read.at("b").shape.empty());
}

}  // namespace
}  // namespace bcr
