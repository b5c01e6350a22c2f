// Mutates valid inputs of every reader of outside bytes and demands: parsed, or bcr::Error; never a
// crash, a hang, or another exception. Run it under BCR_SANITIZE=address,undefined as well.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "datasets/market_name.h"
#include "datasets/omniglot_layout.h"
#include "harness/core/csv.h"
#include "harness/core/feature_set.h"
#include "harness/core/json.h"
#include "harness/core/npy.h"
#include "harness/core/random.h"
#include "tests/unit/datasets/fixtures.h"

namespace bcr {
namespace {

using testing::OpenText;
using testing::Put;

size_t Rounds(size_t usual) {
  const char* text = std::getenv("BCR_FUZZ_ROUNDS");
  return text == nullptr ? usual : std::strtoull(text, nullptr, 10);
}

// Bytes and words at which parsers tend to break.
const std::string& Interesting(Random& random) {
  static const std::vector<std::string> kWords = {std::string(1, '\0'),
                                                  "\xff",
                                                  "\xff\xff\xff\xff",
                                                  "\xef\xbb\xbf",
                                                  "\"",
                                                  "\"\"",
                                                  ",",
                                                  "\n",
                                                  "\r\n",
                                                  "/",
                                                  "..",
                                                  "-1",
                                                  "0",
                                                  "99999999999999999999",
                                                  "_c",
                                                  "\\u0000",
                                                  "{",
                                                  "[[[[",
                                                  "'",
                                                  "(",
                                                  ")",
                                                  "\xc3\x28",
                                                  " ",
                                                  ".jpg",
                                                  std::string(300, '9')};
  return kWords[random.Below(kWords.size())];
}

std::string Mutate(std::string bytes, Random& random) {
  const uint64_t changes = 1 + random.Below(4);
  for (uint64_t i = 0; i < changes; ++i) {
    const size_t at = random.Below(bytes.size() + 1);
    const size_t length = std::min<size_t>(1 + random.Below(16), bytes.size() - at);
    switch (random.Below(6)) {
      case 0:
        if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.Below(8)));
        break;
      case 1:
        if (at < bytes.size()) bytes[at] = static_cast<char>(random.Below(256));
        break;
      case 2:
        bytes.insert(at, Interesting(random));
        break;
      case 3:
        bytes.erase(at, length);
        break;
      case 4:
        bytes.insert(random.Below(bytes.size() + 1), bytes.substr(at, length));
        break;
      default:
        if (random.Chance(0.2)) bytes.resize(at);
    }
  }
  return bytes;
}

struct Outcome {
  size_t parsed = 0;
  size_t refused = 0;
};

// Runs `parse` on mutants of `valid`. An empty or pointless error message fails too: it has to say
// where and what.
Outcome Fuzz(const std::string& name, const std::string& valid, size_t rounds,
             const std::function<void(const std::string&)>& parse) {
  EXPECT_NO_THROW(parse(valid)) << name << ": the input to mutate is no valid one";
  Outcome outcome;
  const uint64_t seed = DeriveSeed(1, name);
  for (size_t round = 0; round < rounds; ++round) {
    Random random(DeriveSeed(seed, round));
    const std::string mutant = Mutate(valid, random);
    try {
      parse(mutant);
      ++outcome.parsed;
    } catch (const Error& error) {
      ++outcome.refused;
      if (error.text().where.empty() || error.text().found.empty() ||
          error.code() == ErrorCode::kInternal) {
        ADD_FAILURE() << name << " round " << round << ": poor message: " << error.what();
      }
    } catch (const std::exception& other) {
      ADD_FAILURE() << name << " round " << round << ": not a bcr::Error: " << other.what();
    }
  }
  std::printf("%s: %zu parsed, %zu refused\n", name.c_str(), outcome.parsed, outcome.refused);
  return outcome;
}

// Both outcomes have to occur, or the mutations test nothing.
void ExpectBoth(const Outcome& outcome) {
  EXPECT_GT(outcome.parsed, 0U);
  EXPECT_GT(outcome.refused, 0U);
}

TEST(ReadersFuzz, Csv) {
  ExpectBoth(Fuzz("csv",
                  "image,identity,camera\r\n\"a,\"\"b\"\".jpg\",0001,c1\r\nz\xc3\xa4.jpg,-1,2\r\n",
                  Rounds(20000), [](const std::string& text) {
                    const CsvTable table = ParseCsv(text, "x.csv");
                    ASSERT_EQ(table.rows.size(), table.lines.size());
                    for (const auto& row : table.rows) ASSERT_EQ(row.size(), table.header.size());
                  }));
}

TEST(ReadersFuzz, Json) {
  ExpectBoth(Fuzz("json", R"({"a": [1, 2.5e-3, "te\u00e4xt", null, true], /* c */ "b": {"c": -7}})",
                  Rounds(20000), [](const std::string& text) { ParseJson(text, "x.json"); }));
}

TEST(ReadersFuzz, DataReference) {
  Fuzz("data reference", "omniglot:small1.zip,alphabets=Greek+Korean,x=1", Rounds(20000),
       [](const std::string& text) {
         const DataRef ref = ParseDataRef(text);
         ASSERT_EQ(ParseDataRef(ref.Text()).Text(), ref.Text());
       });
}

TEST(ReadersFuzz, FileNames) {
  Fuzz("market name", "0002_c1s1_000451_03.jpg", Rounds(50000), [](const std::string& name) {
    const std::optional<MarketName> parsed = ParseMarketName(name);
    if (!parsed) return;
    ASSERT_TRUE(name.starts_with(parsed->identity + "_c" + parsed->camera + "s")) << name;
  });
  Fuzz(
      "omniglot path", "small1/Greek/character01/0394_01.png", Rounds(50000),
      [](const std::string& path) {
        const std::optional<OmniglotName> parsed = ParseOmniglotPath(path);
        if (!parsed) return;
        ASSERT_TRUE(path.ends_with(parsed->alphabet + "/" + parsed->character + "/" + parsed->file))
            << path;
      });
}

TEST(ReadersFuzz, Npy) {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/features.npy";
  FloatMatrix matrix(3, 5);
  for (size_t i = 0; i < 15; ++i) matrix.data()[i] = static_cast<float>(i);
  WriteNpy(path, matrix.view());
  const std::string valid = ReadFile(path);
  ExpectBoth(Fuzz("npy header", valid, Rounds(20000), [](const std::string& bytes) {
    const internal::NpyHeader header = internal::ParseNpyHeader(bytes, "x.npy");
    ASSERT_LE(header.data_offset, bytes.size());
  }));
  ExpectBoth(Fuzz("npy", valid, Rounds(1000), [&](const std::string& bytes) {
    Put(folder.path(), "features.npy", bytes);
    ReadNpy(path);
  }));
}

TEST(ReadersFuzz, CsvDataset) {
  TemporaryFolder folder;
  for (const char* name : {"a.jpg", "b.jpg", "c.jpg"}) Put(folder.path(), name);
  ExpectBoth(
      Fuzz("csv dataset",
           "path,identity,camera,split\na.jpg,1,1,train\nb.jpg,2,1,query\nc.jpg,2,2,gallery\n",
           Rounds(1000), [&](const std::string& text) {
             Put(folder.path(), "list.csv", text);
             OpenText("csv:" + folder.path() + "/list.csv");
           }));
}

TEST(ReadersFuzz, ZipDataset) {
  TemporaryFolder folder;
  std::map<std::string, std::string> files;
  for (const char* character : {"character01", "character02"}) {
    for (const char* drawer : {"01", "04", "05"}) {
      files[fmt::format("mini/Greek/{}/0001_{}.png", character, drawer)] =
          std::string(40, 'x') + drawer;
    }
  }
  const std::string path = folder.path() + "/mini.zip";
  testing::WriteZip(path, files);
  ExpectBoth(Fuzz("zip dataset", ReadFile(path), Rounds(1000), [&](const std::string& bytes) {
    Put(folder.path(), "mini.zip", bytes);
    const auto data = OpenText("omniglot:" + path);
    for (Split split : {Split::kTrain, Split::kQuery, Split::kGallery}) {
      for (size_t row = 0; row < data->images(split).size(); ++row) data->ReadImage(split, row);
    }
  }));
}

}  // namespace
}  // namespace bcr
