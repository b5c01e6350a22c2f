// Feature files: .npy, .safetensors, index.csv, and the sets they make.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <set>

#include "harness/core/csv.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/utf8.h"
#include "harness/features/feature_set.h"
#include "harness/features/feature_table.h"
#include "harness/features/index_csv.h"
#include "harness/features/npy.h"
#include "harness/features/row_source.h"
#include "harness/features/safetensors_header.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/features/feature_files_fixture.h"

namespace bcr::fuzz {
namespace {

constexpr char kIndex[] = "image,identity,camera\na,1,c1\nb,1,c2\nc,2,c1\n";
const std::vector<std::string> kNpyWords = {"'descr': ", "'fortran_order': ",
                                            "'shape': ", "True",
                                            "False",     "<f4",
                                            "<f2",       "<f8",
                                            ">f4",       "(3, 2)",
                                            "(2, 3)",    "(6,)",
                                            "(6,1)",     "L",
                                            "\x93NUMPY"};
const std::vector<std::string> kTensorWords = {"\"F32\"",
                                               "\"F16\"",
                                               "\"BF16\"",
                                               "\"F64\"",
                                               "[3,2]",
                                               "[2,3]",
                                               "[0,24]",
                                               "\"dtype\":",
                                               "\"shape\":",
                                               "\"data_offsets\":",
                                               "\"features\":",
                                               "\"__metadata__\":",
                                               "{}"};

std::vector<float> Values(const RowSource& rows) {
  std::vector<float> values, scratch(rows.cols());
  for (size_t i = 0; i < rows.rows(); ++i) {
    const float* const row = rows.Row(i, scratch.data());
    values.insert(values.end(), row, row + rows.cols());
  }
  return values;
}

// What any accepted table has to be; its values written as plain float32 are the same table.
void CheckTable(const FeatureTable& table, const std::string& folder) {
  const size_t n = table.rows->rows();
  Require(n > 0 && table.index.size() == n && table.index.identities.size() == n &&
              table.index.cameras.size() == n,
          "an index row for each feature row");
  const std::vector<float> values = Values(*table.rows);
  for (const float value : values) Require(std::isfinite(value), "finite values");
  Put(folder + "/features.npy", test::Npy(n, table.rows->cols(), values));
  std::string csv = CsvLine({"image", "identity", "camera"});
  for (size_t i = 0; i < n; ++i) {
    csv += CsvLine({table.index.images[i], table.index.identities[i], table.index.cameras[i]});
  }
  Put(folder + "/index.csv", csv);
  const FeatureTable again = OpenFeatureTable({folder}, {.refuse_zero_rows = false, .threads = 1});
  Require(again.hash == table.hash, "rewritten, it is the same set");
  const FeatureSet set = ReadFeatureSet(folder);
  Require(std::memcmp(set.features.data(), values.data(), values.size() * sizeof(float)) == 0,
          "both readers see the same values");
}

TEST(Fuzz, NpyHeader) {
  RunTarget(
      {.name = "npy", .share = 0.12, .words = kNpyWords, .read = [](const std::string& bytes) {
         const internal::NpyHeader header = internal::ParseNpyHeader(bytes, "x.npy");
         Require(header.cols > 0, "columns");
         Require(
             header.data_offset + header.rows * header.cols * SizeOf(header.type) == bytes.size(),
             "exactly the file's bytes");
         const std::string text = bytes.substr(0, header.data_offset);
         const char* const descr[] = {"<f2", "?", "<f4", "<f8"};
         Require(text.find(descr[static_cast<int>(header.type)]) != std::string::npos,
                 "the type that the header names");
         Require(text.find(std::to_string(header.cols)) != std::string::npos,
                 "the width that the header names");
         Require(text.find("False") != std::string::npos, "C order");
       }});
}

TEST(Fuzz, NpySets) {
  const TemporaryFolder folder;
  const std::string set = folder.path() + "/set", again = folder.path() + "/again";
  MakeFolders(set);
  MakeFolders(again);
  Put(set + "/index.csv", kIndex);
  RunTarget(
      {.name = "npy-set", .share = 0.08, .words = kNpyWords, .read = [&](const std::string& bytes) {
         Put(set + "/features.npy", bytes);
         CheckTable(OpenFeatureTable({set}, {.refuse_zero_rows = false, .threads = 1}), again);
       }});
}

TEST(Fuzz, SafetensorsHeader) {
  RunTarget(
      {.name = "safetensors",
       .share = 0.12,
       .words = kTensorWords,
       .read = [](const std::string& bytes) {
         const auto tensors = ParseSafetensorsHeader(bytes, "x.safetensors");
         std::map<std::string, TensorEntry> entries;
         size_t begin = bytes.size(), total = 0;
         for (const auto& [name, tensor] : tensors) {
           Require(tensor.begin <= tensor.end && tensor.end <= bytes.size(), "data in the file");
           begin = std::min(begin, tensor.begin);
           total += tensor.end - tensor.begin;
         }
         Require(tensors.empty() || begin + total == bytes.size(), "tensors that tile the file");
         for (auto [name, tensor] : tensors) {
           tensor.begin -= begin;
           tensor.end -= begin;
           entries.emplace(name, tensor);
         }
         const std::string header = MakeSafetensorsHeader(entries, {});
         const auto copy = ParseSafetensorsHeader(header + std::string(total, '\0'), "again");
         Require(copy.size() == tensors.size(), "as many tensors in the copy");
         for (const auto& [name, tensor] : copy) {
           Require(tensor.shape == tensors.at(name).shape && tensor.dtype == tensors.at(name).dtype,
                   "reads back what it writes");
         }
       }});
}

TEST(Fuzz, SafetensorsSets) {
  const TemporaryFolder folder;
  const std::string file = folder.path() + "/x.safetensors", again = folder.path() + "/again";
  MakeFolders(again);
  Put(folder.path() + "/x.csv", kIndex);
  RunTarget({.name = "safetensors-set",
             .share = 0.06,
             .words = kTensorWords,
             .read = [&](const std::string& bytes) {
               Put(file, bytes);
               CheckTable(OpenFeatureTable({file}, {.refuse_zero_rows = false, .threads = 1}),
                          again);
             }});
}

void CheckIndex(const internal::IndexFile& file) {
  const FeatureIndex& index = file.index;
  Require(index.identities.size() == index.size() && index.cameras.size() == index.size() &&
              file.lines.size() == index.size(),
          "columns of equal length");
  for (const auto& [name, values] : file.columns) {
    Require(values.size() == index.size(), "further columns of equal length");
  }
  for (size_t i = 0; i < index.size(); ++i) {
    Require(!index.images[i].empty() && !index.identities[i].empty() && !index.cameras[i].empty(),
            "no empty field");
    Require(InvalidUtf8At(index.images[i]) == std::string_view::npos, "names in UTF-8");
    Require(file.lines[i] > (i == 0 ? 1 : file.lines[i - 1]), "lines that ascend");
  }
}

TEST(Fuzz, Index) {
  const TemporaryFolder folder;
  const std::string set = folder.path() + "/set", again = folder.path() + "/again";
  MakeFolders(set);
  MakeFolders(again);
  RunTarget(
      {.name = "index",
       .share = 0.10,
       .words = {"image", "identity", "camera", ",,", "\"a\"\"b\"", "a.jpg,1,c1\n", " ", ";"},
       .read = [&](const std::string& text) {
         Put(set + "/index.csv", text);
         const internal::IndexFile file =
             internal::ReadIndexFile(set + "/index.csv", internal::IndexFields::kRequired);
         CheckIndex(file);
         const size_t n = file.index.size();
         Put(set + "/features.npy", test::Npy(n, 1, std::vector<float>(n, 1.0F)));
         const FeatureTable table = OpenFeatureTable({set}, {.threads = 1});
         Require(
             std::set<std::string>(table.index.images.begin(), table.index.images.end()).size() ==
                 n,
             "each image once");
         CheckTable(table, again);
       }});
}

}  // namespace
}  // namespace bcr::fuzz
