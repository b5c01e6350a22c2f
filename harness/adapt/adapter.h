#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/matrix.h"

namespace bcr {

class JsonReader;
class RowSource;
struct FitData;

// An adapter maps feature rows of one model into the space of another one, after both were trained.
// This header is what the author of an adapter needs; harness/adapt/fitted_adapter.h is what its
// users need.

// Which rows of an upgrade are mapped. The names are those of the cell "new searches old".
enum class AdapterSide {
  kQuery,   // new rows into the old space: the queries that search an old gallery
  kGallery  // old rows into the new space: the gallery that new queries search
};

// What a map is made of.
enum class AdapterNeeds {
  kWidths,  // the two widths decide
  kRows,    // it is fitted on rows of both models, image by image
  kFile     // its parameter `matrix` names a .npy file
};

// The width of mapped rows against that of the rows they are made from.
enum class AdapterWidths { kEqual, kNarrower, kWider, kAny };

// A fitted map as numbers: all that is stored of it.
struct AdapterState {
  size_t width_in = 0;
  size_t width_out = 0;
  std::map<std::string, FloatMatrix> arrays;  // each becomes <name>.npy
  // Constants of the map, and what the fit found (rank, residual), for records.
  std::map<std::string, double> numbers;
};

// A registered adapter: one file in methods/adapters, named in methods/adapters/CMakeLists.txt.
struct AdapterInfo {
  std::string name;
  int revision = 0;        // raised whenever the numbers it produces can change
  std::string about;       // one line
  std::string source;      // paper and equation
  std::string parameters;  // JSON object of all parameters with their defaults
  AdapterNeeds needs = AdapterNeeds::kRows;
  AdapterWidths widths = AdapterWidths::kAny;
  std::vector<AdapterSide> sides;  // which it may be used for

  // Makes the map. The caller has checked the widths, and for kRows that the rows are paired; rows
  // with NaN or infinity throw when they are read. Throws kData for rows no map can be fitted on,
  // kConfig for parameters out of range. The result does not depend on the thread count.
  AdapterState (*fit)(const FitData& data, JsonReader& parameters) = nullptr;

  // Maps rows (n x width_in) lazily; the result (n x width_out) owns what it needs. A mapped row
  // depends on that row and the state alone, to the bit. Throws kData where the state, which may
  // come from a file, lacks something.
  std::shared_ptr<const RowSource> (*apply)(const AdapterState& state,
                                            std::shared_ptr<const RowSource> rows) = nullptr;

  // For maps that also need the other model's own row of the same image (n x width_out): what becomes
  // of rows that `apply` has mapped. Null for all others. Throws as `apply`.
  std::shared_ptr<const RowSource> (*mix)(const AdapterState& state,
                                          std::shared_ptr<const RowSource> mapped,
                                          std::shared_ptr<const RowSource> own) = nullptr;

  // How little each mapped row is to be trusted (n x 1, larger: less), which orders a backfill; null
  // for maps that do not say. Throws as `apply`.
  std::shared_ptr<const RowSource> (*uncertainty)(const AdapterState& state,
                                                  std::shared_ptr<const RowSource> rows) = nullptr;

  // `key=value,...` for the contract suite, where a fit with the defaults would take it too long.
  std::string contract_parameters = "";
};

// Generated from methods/adapters/CMakeLists.txt.
std::vector<const AdapterInfo*> adapter_table();

const char* AdapterNeedsText(AdapterNeeds needs);     // as a noun: "paired rows of both models"
const char* AdapterWidthsText(AdapterWidths widths);  // likewise: "equal widths"
const char* AdapterSideName(AdapterSide side);        // "query", "gallery"
// Throws kUsage for other names.
AdapterSide ParseAdapterSide(const std::string& text);

// For `apply`: the array of that shape, the number of that name. Both throw kData where the state
// has none.
const FloatMatrix& ArrayOf(const AdapterState& state, const std::string& name, size_t rows,
                           size_t cols);
double NumberOf(const AdapterState& state, const std::string& name);

}  // namespace bcr
