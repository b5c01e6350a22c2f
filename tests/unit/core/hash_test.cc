#include "harness/core/hash.h"

#include <gtest/gtest.h>

#include "harness/core/files.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

TEST(Hash, IsXxh3Of128Bits) {
  // The digest of no bytes, as published by the xxHash project (XXH3_128bits, seed 0).
  EXPECT_EQ(HashOf(""), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(HashOf("abc"), "06b05ab6733a618578af5f94892f3950");
}

TEST(Hash, PiecesAddUp) {
  Hasher pieces;
  pieces.Add("ab", 2).Add(nullptr, 0).Add("c", 1);
  EXPECT_EQ(pieces.Hex(), HashOf("abc"));
  EXPECT_EQ(pieces.Hex(), pieces.Hex());
}

TEST(Hash, TextsDoNotRunTogether) {
  EXPECT_NE(Hasher().AddText("ab").AddText("c").Hex(), Hasher().AddText("a").AddText("bc").Hex());
  EXPECT_NE(Hasher().AddText("").Hex(), Hasher().Hex());
}

TEST(Hash, OfAFile) {
  const TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "x");
  WriteFileAtomic(path, std::string_view("abc"));
  EXPECT_EQ(HashOfFile(path), HashOf("abc"));
  WriteFileAtomic(path, std::string_view(""));
  EXPECT_EQ(HashOfFile(path), HashOf(""));
  const Error error = test::CatchError([&] { HashOfFile(path + "y"); });
  EXPECT_EQ(error.code(), ErrorCode::kMissing);
  EXPECT_EQ(error.text().where, path + "y");
}

}  // namespace
}  // namespace bcr
