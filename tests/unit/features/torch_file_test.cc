#include "harness/features/torch/torch_file.h"

#include <gmock/gmock.h>

#include <cstring>

#include "harness/core/files.h"
#include "harness/features/torch/pickle_tree.h"
#include "harness/features/torch/state_dict.h"
#include "harness/features/torch/stored_zip.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using test::MessageOf;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Files that PyTorch 2.11 wrote; the fuzz test takes them for its seeds.
std::string Written(const std::string& name) {
  return ReadFile(BCR_TEST_SOURCE_DIR "/fuzz/corpus/torch-file/" + name);
}

std::string Refusal(const std::string& name) {
  const std::string bytes = Written(name);
  return MessageOf([&] { ParseTorchFile(bytes, "in/" + name); });
}

template <typename T>
std::vector<T> Elements(const TorchTensor& tensor) {
  std::vector<T> values(tensor.storage.size() / sizeof(T));
  std::memcpy(values.data(), tensor.storage.data(), tensor.storage.size());
  return values;
}

TEST(TorchFile, EveryTypeIsNamed) {
  const std::string bytes = Written("ok-types.pth");
  const TorchFile file = ParseTorchFile(bytes, "x.pth");
  std::map<std::string, std::string> types;
  for (const auto& [name, tensor] : file.tensors) types[name] = tensor.dtype;
  EXPECT_EQ(types, (std::map<std::string, std::string>{{"double", "F64"},
                                                       {"float", "F32"},
                                                       {"half", "F16"},
                                                       {"bfloat", "BF16"},
                                                       {"long", "I64"},
                                                       {"int", "I32"},
                                                       {"short", "I16"},
                                                       {"char", "I8"},
                                                       {"byte", "U8"},
                                                       {"bool", "BOOL"},
                                                       {"scalar", "F32"},
                                                       {"empty", "F32"},
                                                       {"counter", "I64"}}));
  EXPECT_EQ(file.keys, "");
  EXPECT_THAT(Elements<int64_t>(file.tensors.at("counter")), ElementsAre(7));
  EXPECT_THAT(Elements<int16_t>(file.tensors.at("short")),
              ElementsAre(-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_THAT(file.tensors.at("scalar").shape, ElementsAre());
  EXPECT_THAT(file.tensors.at("empty").shape, ElementsAre(0, 3));
}

TEST(TorchFile, ViewsShareTheirStorage) {
  const std::string bytes = Written("ok-views.pth");
  const auto tensors = ParseTorchFile(bytes, "x.pth").tensors;
  const TorchTensor& column = tensors.at("column");
  EXPECT_EQ(column.storage.data(), tensors.at("whole").storage.data());
  EXPECT_EQ(column.offset, 2U);
  EXPECT_THAT(column.shape, ElementsAre(3));
  EXPECT_THAT(column.strides, ElementsAre(4));
  EXPECT_THAT(tensors.at("transposed").strides, ElementsAre(1, 4));
  EXPECT_THAT(Elements<float>(tensors.at("parameter")), ElementsAre(1, 1));
}

TEST(TorchFile, CheckpointsHoldTheirWeightsUnderAKey) {
  std::string bytes = Written("ok-checkpoint.pth");
  EXPECT_EQ(ParseTorchFile(bytes, "x.pth").keys, "model");
  EXPECT_EQ(ParseTorchFile(bytes, "x.pth").tensors.size(), 6U);
  bytes = Written("ok-nested.pth");
  EXPECT_EQ(ParseTorchFile(bytes, "x.pth").keys, "model.state_dict");
}

TEST(TorchFile, OldContainersAreRefusedWithTheirConversion) {
  EXPECT_THAT(Refusal("bad-legacy.pth"),
              AllOf(HasSubstr("in/bad-legacy.pth: found the container of PyTorch before 1.6"),
                    HasSubstr("\n  import torch; m = torch.load(\"in/bad-legacy.pth\", "
                              "map_location=\"cpu\", weights_only=True)\n"),
                    HasSubstr("\"in/bad-legacy.pth.tensors.pth\")\n")));
}

TEST(TorchFile, WhatIsNoTensorIsNamedAndRefused) {
  EXPECT_THAT(Refusal("bad-module.pth"),
              AllOf(HasSubstr("`torch.nn.modules.container.Sequential`"),
                    HasSubstr("weights_only=False"), HasSubstr("if you trust it")));
  EXPECT_THAT(Refusal("bad-inside.pth"), HasSubstr("`datetime.date`"));
  EXPECT_THAT(Refusal("bad-script.pt"), HasSubstr("a TorchScript model"));
  EXPECT_THAT(Refusal("bad-no-tensors.pth"), HasSubstr("found `epoch` (a number)"));
  EXPECT_THAT(Refusal("bad-protocol-4.pth"), HasSubstr("protocol 4"));
  EXPECT_THAT(Refusal("bad-deflated.pth"), HasSubstr("compressed"));
}

TEST(TorchFile, DamageIsNamed) {
  EXPECT_THAT(Refusal("bad-checksum.pth"), HasSubstr("ok-nested/data/0: found bytes with another"));
  EXPECT_THAT(Refusal("bad-storage-missing.pth"), HasSubstr("no `ok-nested/data/1`"));
  EXPECT_THAT(Refusal("bad-storage-short.pth"),
              AllOf(HasSubstr("4 bytes in `ok-nested/data/1`"), HasSubstr("8, 2 elements of F32")));
  EXPECT_THAT(Refusal("bad-byteorder.pth"), HasSubstr("byte order big"));
}

TEST(TorchFile, AnyCutIsRefused) {
  const std::string bytes = Written("ok-checkpoint.pth");
  for (size_t size = 0; size < bytes.size(); size += 7) {
    const std::string cut = bytes.substr(0, size);
    EXPECT_THROW(ParseTorchFile(cut, "x.pth"), Error) << size;
  }
}

TEST(TorchFile, Zip64AndArchivesOfOtherProgramsAreRead) {
  for (const char* name : {"ok-zip64.pth", "ok-python-zip.pth"}) {
    const std::string bytes = Written(name), plain = Written("ok-nested.pth");
    const auto tensors = ParseTorchFile(bytes, name).tensors,
               same = ParseTorchFile(plain, "").tensors;
    ASSERT_EQ(tensors.size(), same.size());
    for (const auto& [key, tensor] : same) EXPECT_EQ(tensors.at(key).storage, tensor.storage);
  }
}

// A pickle that would call a function if it were run as Python runs it.
TEST(TorchFile, NothingIsCalled) {
  const std::string bytes(
      "\x80\x02"
      "cos\nsystem\nX\x04\0\0\0true\x85R.",
      25);
  EXPECT_THAT(MessageOf([&] { internal::ReadPickle(bytes, "x.pth"); }),
              HasSubstr("`os.system`, which is no tensor"));
}

// Lists of ten references to a list of ten references, and so on: what Python keeps as 100 lists is
// 100 lists here.
TEST(TorchFile, RepetitionDoesNotMultiply) {
  const auto kept = [](const char* code, int place) {
    return code + std::string(1, static_cast<char>(place));
  };
  std::string pickle = "\x80\x02(]" + kept("q", 0);
  for (int level = 1; level < 100; ++level) {
    pickle += "](";
    for (int i = 0; i < 10; ++i) pickle += kept("h", level - 1);
    pickle += "e" + kept("q", level);
  }
  pickle += "t.";
  const internal::PickleTree tree = internal::ReadPickle(pickle, "x.pth");
  EXPECT_EQ(tree.values.size(), 101U);
  EXPECT_THAT(MessageOf([&] { internal::FindStateDict(tree, "x.pth"); }),
              HasSubstr("a list instead of weights by name"));
}

TEST(StoredZip, ChecksumIsTheFormats) {
  EXPECT_NO_THROW(internal::RequireSound({"123456789", 0xCBF43926, true}, "a", "x.zip"));
  EXPECT_NO_THROW(internal::RequireSound({"", 0, true}, "a", "x.zip"));
  EXPECT_THAT(MessageOf([] {
                internal::RequireSound({"123456789", 0xCBF43927, true}, "a", "x.zip");
              }),
              AllOf(HasSubstr("x.zip: a"), Not(HasSubstr("torch.load"))));
}

}  // namespace
}  // namespace bcr
