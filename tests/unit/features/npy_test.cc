#include "harness/features/npy.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "harness/core/files.h"
#include "harness/features/feature_set.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using testing::HasSubstr;

std::string Npy(const std::string& dictionary, const std::string& data, int major = 1,
                int minor = 0) {
  const std::string header = dictionary + "\n";
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(major);
  bytes += static_cast<char>(minor);
  const size_t length_bytes = major == 1 ? 2 : 4;
  for (size_t i = 0; i < length_bytes; ++i) {
    bytes += static_cast<char>(header.size() >> (8 * i) & 255);
  }
  return bytes + header + data;
}

std::string Dict(const std::string& descr, const std::string& shape, const char* order = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }  ";
}

template <typename T>
std::string Bytes(const std::vector<T>& values) {
  return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

class NpyTest : public testing::Test {
 protected:
  FloatMatrix Read(const std::string& bytes) {
    WriteFileAtomic(path_, std::string_view(bytes));
    return ReadNpy(path_);
  }
  TemporaryFolder folder_;
  std::string path_ = JoinPath(folder_.path(), "features.npy");
};

TEST_F(NpyTest, ReadsFloat32InAllVersions) {
  const std::string data = Bytes<float>({1, 2, 3, 4, 5, 6});
  for (const int major : {1, 2, 3}) {
    const FloatMatrix matrix = Read(Npy(Dict("<f4", "(2, 3)"), data, major));
    ASSERT_EQ(matrix.rows(), 2U);
    ASSERT_EQ(matrix.cols(), 3U);
    EXPECT_EQ(matrix.row(1)[0], 4.0F);
  }
}

TEST_F(NpyTest, ReadsFloat64) {
  const FloatMatrix matrix = Read(Npy(Dict("<f8", "(1, 2)"), Bytes<double>({0.1, -2.5})));
  EXPECT_EQ(matrix.row(0)[0], 0.1F);
  EXPECT_EQ(matrix.row(0)[1], -2.5F);
}

TEST_F(NpyTest, ReadsFloat16Exactly) {
  // 1, -2, largest, smallest normal, smallest subnormal, largest subnormal, -0, 1/3 rounded
  const std::vector<uint16_t> halves = {0x3C00, 0xC000, 0x7BFF, 0x0400,
                                        0x0001, 0x03FF, 0x8000, 0x3555};
  const std::vector<float> expected = {1.0F,     -2.0F,        65504.0F, 0x1p-14F,
                                       0x1p-24F, 0x1.ff8p-15F, -0.0F,    0.333251953125F};
  const FloatMatrix matrix = Read(Npy(Dict("<f2", "(4, 2)"), Bytes(halves)));
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(matrix.data()[i], expected[i]) << i;
    EXPECT_EQ(std::signbit(matrix.data()[i]), std::signbit(expected[i])) << i;
  }
}

TEST_F(NpyTest, AcceptsTheGrammarsFreedoms) {
  const std::string data = Bytes<float>({7});
  for (const char* dictionary :
       {"{\"shape\": (1, 1), \"descr\": \"<f4\", \"fortran_order\": False}",
        "{'descr':'<f4','fortran_order':False,'shape':(1,1,),}",
        "{ 'descr' : '<f4' , 'fortran_order' : False , 'shape' : ( 1L , 1L ) }    "}) {
    EXPECT_EQ(Read(Npy(dictionary, data)).row(0)[0], 7.0F) << dictionary;
  }
}

TEST_F(NpyTest, NoRowsAreLegal) {
  const FloatMatrix matrix = Read(Npy(Dict("<f4", "(0, 5)"), ""));
  EXPECT_EQ(matrix.rows(), 0U);
  EXPECT_EQ(matrix.cols(), 5U);
}

struct Bad {
  std::string bytes;
  const char* part;
};

std::vector<Bad> BadFiles() {
  const std::string four(4, '\0');
  const std::string good = Npy(Dict("<f4", "(1, 1)"), four);
  std::string flipped = good;
  flipped[0] = 'X';
  std::string no_newline = good;
  no_newline[good.size() - 5] = ' ';
  return {
      {"", "an empty file"},
      {"\x93NUM", "another file format"},
      {flipped, "another file format"},
      {"\x93NUMPY\x01", "cut short in its header"},
      {good.substr(0, 20), "a header of"},
      {Npy(Dict("<f4", "(1, 1)"), four, 2).substr(0, 11), "cut short in its header"},
      {Npy(Dict("<f4", "(1, 1)"), four, 4), "version 4.0"},
      {Npy(Dict("<f4", "(1, 1)"), four, 1, 1), "version 1.1"},
      {Npy(Dict("<f4", "(1, 1)"), four, 0), "version 0.0"},
      {no_newline, "without a final line feed"},
      {Npy(Dict("<f4", "(1, 1)", "True"), four), "Fortran"},
      {Npy(Dict(">f4", "(1, 1)"), four), "big-endian dtype float32"},
      {Npy(Dict("<i8", "(1, 1)"), four), "dtype int64 (`<i8`)"},
      {Npy(Dict("|u1", "(1, 1)"), four), "dtype uint8 (`|u1`)"},
      {Npy(Dict("<c16", "(1, 1)"), four), "dtype complex128"},
      {Npy(Dict("|b1", "(1, 1)"), four), "dtype bool"},
      {Npy(Dict("|O8", "(1, 1)"), four), "dtype object"},
      {Npy(Dict("<U99999999999", "(1, 1)"), four), "dtype `<U99999999999`"},
      {Npy(Dict("", "(1, 1)"), four), "dtype ``"},
      {Npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", four),
       "structured dtype"},
      {Npy(Dict("<f4", "(1,)"), four), "shape (1)"},
      {Npy(Dict("<f4", "()"), four), "shape ()"},
      {Npy(Dict("<f4", "(1, 1, 1)"), four), "shape (1, 1, 1)"},
      {Npy(Dict("<f4", "(1, 0)"), ""), "0 columns"},
      {Npy(Dict("<f4", "(0, 99999999999)"), ""), "99999999999 columns"},
      {Npy(Dict("<f4", "(2, 1)"), four), "4 bytes of data, expected 8"},
      {Npy(Dict("<f4", "(1, 1)"), four + "x"), "5 bytes of data, expected 4"},
      {Npy(Dict("<f4", "(4611686018427387904, 4)"), four), "more than any file holds"},
      {Npy(Dict("<f4", "(4611686018427387905, 1)"), four), "more than any file holds"},
      {Npy(Dict("<f4", "(18446744073709551616, 1)"), four), "beyond 64 bits"},
      {Npy(Dict("<f4", "(-1, 1)"), four), "non-negative integer"},
      {Npy(Dict("<f4", "(1 1)"), four), "without commas"},
      {Npy(Dict("<f4", "(1)"), four), "instead of a tuple"},
      {Npy(Dict("<f4", "(1, 1"), four), "header"},
      {Npy(Dict("<f4", "1"), four), "no `(`"},
      {Npy(Dict("<f4", "(1, 1)", "0"), four), "True or False"},
      {Npy("", four), "no `{`"},
      {Npy("{}", four), "without all of"},
      {Npy("{'descr': '<f4', 'fortran_order': False}", four), "without all of"},
      {Npy("{'descr': '<f4', 'descr': '<f4', 'shape': (1, 1)}", four), "`descr` twice"},
      {Npy(Dict("<f4", "(1, 1)").insert(1, "'x': 1, "), four), "header key `x`"},
      {Npy("{'descr: '<f4'", four), "header"},
      {Npy("{'descr", four), "never closed"},
      {Npy("{descr: '<f4'}", four), "quoted text"},
      {Npy(Dict("<f4", "(1, 1)") + "x", four), "text behind"},
      {Npy(Dict("<f4\x01", "(1, 1)"), four), "unprintable"},
      {Npy(Dict("<f4", "(1, 1)"), four).substr(0, 10), "a header of"},
  };
}

TEST_F(NpyTest, RefusesMalformedFiles) {
  for (const Bad& bad : BadFiles()) {
    const Error error = test::CatchError([&] { Read(bad.bytes); });
    EXPECT_EQ(error.code(), ErrorCode::kData) << bad.part;
    EXPECT_EQ(error.text().where, path_);
    EXPECT_THAT(error.what(), HasSubstr(bad.part));
  }
}

TEST_F(NpyTest, EveryTruncationAndBitFlipIsReadOrRefused) {
  const std::string good = Npy(Dict("<f4", "(1, 2)"), Bytes<float>({1, 2}));
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_THROW(Read(good.substr(0, size)), Error) << size;
  }
  const size_t header_end = good.size() - 8;
  for (size_t bit = 0; bit < 8 * header_end; ++bit) {
    std::string bytes = good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    try {
      internal::ParseNpyHeader(bytes, "x");
    } catch (const Error&) {
    }
  }
}

TEST_F(NpyTest, NamesTheRowOfNaNAndInfinity) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(test::MessageOf([&] {
                Read(Npy(Dict("<f4", "(2, 2)"), Bytes<float>({1, 2, 3, nan})));
              }),
              HasSubstr("row 1"));
  EXPECT_THAT(test::MessageOf([&] { Read(Npy(Dict("<f2", "(1, 1)"), Bytes<uint16_t>({0x7C00}))); }),
              HasSubstr("row 0"));
  // Finite in float64, infinite in float32.
  EXPECT_THROW(Read(Npy(Dict("<f8", "(1, 1)"), Bytes<double>({1e300}))), Error);
}

TEST_F(NpyTest, WritesWhatNumpyWrites) {
  FloatMatrix matrix(2, 3);
  for (size_t i = 0; i < 6; ++i) matrix.data()[i] = static_cast<float>(i) / 3.0F;
  WriteNpy(path_, matrix.view());
  const std::string bytes = ReadFile(path_);
  // numpy.save of a 2 x 3 float32 array: version 1.0, header padded so that the data starts at 128.
  ASSERT_EQ(bytes.size(), 128U + 24U);
  EXPECT_EQ(bytes.substr(0, 10), std::string("\x93NUMPY\x01\x00\x76\x00", 10));
  EXPECT_THAT(bytes, HasSubstr("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"));
  EXPECT_EQ(bytes[127], '\n');
  const FloatMatrix back = ReadNpy(path_);
  EXPECT_EQ(std::memcmp(back.data(), matrix.data(), 24), 0);
}

TEST_F(NpyTest, WritesAndReadsNoRows) {
  WriteNpy(path_, FloatMatrix(0, 4).view());
  EXPECT_EQ(ReadNpy(path_).cols(), 4U);
}

}  // namespace
}  // namespace bcr
