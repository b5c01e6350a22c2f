#include <gmock/gmock.h>

#include "harness/core/files.h"
#include "harness/nn/weights.h"
#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;
using testing::MessageOf;
using testing::SameBytes;
using testing::SameState;
using testing::Tensors;

Tensors AllTypes() {
  const at::Tensor values = at::arange(-3, 4, at::kDouble) * 0.3;
  Tensors out = {{"bool", values > 0},
                 {"u8", at::arange(5, at::kByte)},
                 {"scalar", at::full({}, 2.5)},
                 {"empty", at::empty({0, 3})},
                 {"i64", at::arange(3, at::kLong) * (int64_t{1} << 40)}};
  for (const at::ScalarType type : {at::kHalf, at::kBFloat16, at::kFloat, at::kDouble, at::kInt})
    out[at::toString(type)] = (values * 10).to(type).view({7, 1});
  return out;
}

TEST(Safetensors, RoundTripOfAllTypes) {
  const TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "deep/x.safetensors");
  WriteSafetensors(path, AllTypes(), {{"format", "pt"}});
  EXPECT_TRUE(SameState(ReadSafetensors(path), AllTypes()));
}

TEST(Safetensors, StridedTensorsAreWrittenInCOrder) {
  const TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "x");
  const at::Tensor values = at::arange(24, at::kFloat).view({1, 2, 3, 4});
  WriteSafetensors(path,
                   {{"transposed", values.transpose(2, 3)},
                    {"channels_last", values.contiguous(at::MemoryFormat::ChannelsLast)}},
                   {});
  const Tensors read = ReadSafetensors(path);
  EXPECT_TRUE(SameBytes(read.at("transposed"), values.transpose(2, 3)));
  EXPECT_TRUE(SameBytes(read.at("channels_last"), values));
  EXPECT_TRUE(read.at("channels_last").is_contiguous());
}

TEST(Safetensors, BytesDependOnContentAlone) {
  const TemporaryFolder folder;
  const std::string first = JoinPath(folder.path(), "1"), second = JoinPath(folder.path(), "2");
  WriteSafetensors(first, AllTypes(), {});
  WriteSafetensors(second, AllTypes(), {});
  EXPECT_EQ(ReadFile(first), ReadFile(second));
}

// The published layout, spelled out by hand.
TEST(Safetensors, FileIsTheFormats) {
  const TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "x");
  WriteSafetensors(path, {{"a", at::full({1}, 7, at::kByte)}, {"b", at::full({1}, 1.0F)}}, {});
  const std::string header = R"({"a":{"data_offsets":[4,5],"dtype":"U8","shape":[1]},)"
                             R"("b":{"data_offsets":[0,4],"dtype":"F32","shape":[1]}})";
  const std::string padded = header + std::string((8 - header.size() % 8) % 8, ' ');
  std::string expected(8, '\0');
  expected[0] = static_cast<char>(padded.size());
  expected += padded + std::string("\x00\x00\x80\x3f\x07", 5);
  EXPECT_EQ(ReadFile(path), expected);
}

TEST(Safetensors, ReadTensorsOutliveTheFile) {
  Tensors read;
  {
    const TemporaryFolder folder;
    const std::string path = JoinPath(folder.path(), "x");
    WriteSafetensors(path, AllTypes(), {});
    read = ReadSafetensors(path);
  }
  EXPECT_TRUE(SameState(read, AllTypes()));
}

TEST(Safetensors, ErrorsNameTheFile) {
  const TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "some.safetensors");
  EXPECT_THAT(MessageOf(ErrorCode::kMissing, [&] { ReadSafetensors(path); }),
              HasSubstr("some.safetensors"));
  WriteFileAtomic(path, "no tensors here");
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { ReadSafetensors(path); }),
              HasSubstr("some.safetensors"));
  WriteFileAtomic(path, "");
  MessageOf(ErrorCode::kData, [&] { ReadSafetensors(path); });
}

TEST(Safetensors, BoolsAreZeroOrOne) {
  const TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "x");
  WriteSafetensors(path, {{"flag", at::ones({1}, at::kBool)}}, {});
  std::string bytes = ReadFile(path);
  bytes.back() = 2;
  WriteFileAtomic(path, bytes);
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { ReadSafetensors(path); }), HasSubstr("flag"));
}

// Any cut of a good file is refused, and none crashes.
TEST(Safetensors, TruncatedFilesAreRefused) {
  const TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "x");
  WriteSafetensors(path, AllTypes(), {{"k", "v"}});
  const std::string bytes = ReadFile(path);
  for (size_t size = 0; size < bytes.size(); size += 23) {
    WriteFileAtomic(path, std::string_view(bytes).substr(0, size));
    EXPECT_THROW(ReadSafetensors(path), Error) << size;
  }
}

}  // namespace
}  // namespace bcr
