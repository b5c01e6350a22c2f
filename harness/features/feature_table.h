#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/features/feature_index.h"

namespace bcr {

class RowSource;

// One file of a table: a shard, or all of it.
struct FeaturePart {
  std::string path;        // of the file that holds the rows
  std::string index_path;  // of the CSV file beside it
  size_t first_row = 0;    // in the table
  size_t rows = 0;
  size_t width = 0;
  std::string dtype;  // as stored: "float16", "bfloat16", "float32" or "float64"
};

// Features and their index, the features still in their files: what scoring reads. Immutable; safe
// to read from several threads at once. Unlike FeatureSet it takes what other tools wrote, in
// several forms and shards, and holds no copy of the features.
struct FeatureTable {
  std::shared_ptr<const RowSource> rows;                    // n x d; every value finite
  FeatureIndex index;                                       // n rows; images unique, no field empty
  std::map<std::string, std::vector<std::string>> columns;  // further index columns, n values each
  // Names rows (as float32) and index, further columns left out. The same for every element type
  // that holds the same values, every cut into shards and every thread count.
  std::string hash;
  std::vector<FeaturePart> parts;  // in row order
  bool has_identities = true;      // whether the index says whom the images show
  bool has_cameras = true;
  float largest_value = 0;  // the largest |x| of all rows
};

struct FeatureTableOptions {
  // Cosine needs a direction: refuse rows shorter than 1e-12, which normalisation cannot bring to
  // length 1.
  bool refuse_zero_rows = true;
  int threads = 0;  // <= 0: DefaultThreads()
  // Whether the index must have the column camera; without it every camera is `unknown`.
  bool needs_cameras = true;
  // Likewise the column identity.
  bool needs_identities = true;
};

// Opens a feature set. Each path is one of
//   - a folder with features.npy and index.csv: what our own extraction stores;
//   - a file X.npy, with its index in X.csv or, where that is absent, in index.csv beside it;
//   - a file X.safetensors, index as for X.npy, with exactly one tensor, or one named `features`.
// Features are n x d in C order, little-endian float16, float32 or float64 (safetensors: also
// bfloat16), n and d at least 1; the index is CSV in UTF-8 with the columns image, identity and
// camera, one row an image in the order of the features. Several paths are shards of one set, in
// the order given: of equal width, with the same further columns, no image in two of them, none
// given twice.
//
// Files are mapped, not read into memory. REQUIRES: nobody shortens them while the table lives (the
// system would end the process with SIGBUS); sizes are checked once, here.
//
// Throws kMissing, kIo or kData, naming the file and the row or line: anything of the above that
// does not hold, NaN, infinity (also of float64 values beyond float32), rows without direction.
// Rows in messages count from 0, lines from 1. One pass over all values checks and hashes them.
FeatureTable OpenFeatureTable(const std::vector<std::string>& paths,
                              const FeatureTableOptions& options = {});

// "gallery/features.npy: row 17 counted from 0 (image `a.jpg`)", for messages; counted within the
// file. REQUIRES: row < table.index.size().
std::string NameOfRow(const FeatureTable& table, size_t row);

}  // namespace bcr
