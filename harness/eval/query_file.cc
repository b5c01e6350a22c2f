#include "harness/eval/query_file.h"

#include <fmt/core.h>

#include <charconv>
#include <cmath>
#include <unordered_set>

#include "harness/core/csv.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"

namespace bcr {
namespace {

const std::vector<std::string>& Header() {
  static const std::vector<std::string> header = {
      "image", "identity", "camera", "valid", "ap_hits", "ap_trapezoid", "inp", "first_rank"};
  return header;
}

[[noreturn]] void Refuse(std::string where, std::string found, std::string expected) {
  throw Error(
      ErrorCode::kData,
      {.where = std::move(where), .found = std::move(found), .expected = std::move(expected)});
}

bool IsShare(double value) { return std::isfinite(value) && value >= 0 && value <= 1; }

template <typename T>
T ParseNumber(const std::string& text, const std::string& where) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || text.empty()) {
    Refuse(where, fmt::format("`{}`", text), "a number");
  }
  return value;
}

double ParseShare(const std::string& text, const std::string& where) {
  const double value = ParseNumber<double>(text, where);
  if (!IsShare(value)) Refuse(where, text, "a number in [0, 1]");
  return value;
}

QueryScore ParseQuery(const std::vector<std::string>& fields, const std::string& where) {
  const auto at = [&](size_t column) { return where + ", " + Header()[column]; };
  QueryScore score;
  if (fields[3] != "0" && fields[3] != "1") Refuse(at(3), fmt::format("`{}`", fields[3]), "0 or 1");
  score.valid = fields[3] == "1";
  score.ap_hits = ParseShare(fields[4], at(4));
  score.ap_trapezoid = ParseShare(fields[5], at(5));
  score.inp = ParseShare(fields[6], at(6));
  score.first_rank = ParseNumber<uint32_t>(fields[7], at(7));
  const bool empty = score.ap_hits == 0 && score.ap_trapezoid == 0 && score.inp == 0;
  if (score.valid == (score.first_rank == 0)) {
    Refuse(at(7), fields[7], score.valid ? "1 or more for a valid query" : "0: not valid");
  }
  if (!score.valid && !empty) Refuse(where, "values in an invalid query", "0");
  return score;
}

}  // namespace

std::string WriteQueryFile(const std::string& path, const FeatureIndex& query,
                           const CellScores& cell) {
  if (query.size() != cell.queries.size() || query.identities.size() != query.size() ||
      query.cameras.size() != query.size()) {
    Refuse(path, fmt::format("{} images for {} scores", query.size(), cell.queries.size()),
           "one image, identity and camera a score");
  }
  std::string text = CsvLine(Header());
  for (size_t i = 0; i < query.size(); ++i) {
    const QueryScore& score = cell.queries[i];
    if (!IsShare(score.ap_hits) || !IsShare(score.ap_trapezoid) || !IsShare(score.inp)) {
      Refuse(fmt::format("{}: query row {} ({})", path, i, query.images[i]),
             fmt::format("AP {}, {}, INP {}", score.ap_hits, score.ap_trapezoid, score.inp),
             "numbers in [0, 1]");
    }
    text +=
        CsvLine({query.images[i], query.identities[i], query.cameras[i], score.valid ? "1" : "0",
                 fmt::format("{}", score.ap_hits), fmt::format("{}", score.ap_trapezoid),
                 fmt::format("{}", score.inp), fmt::format("{}", score.first_rank)});
  }
  WriteFileAtomic(path, text);
  return HashOf(text);
}

QueryFile ReadQueryFile(const std::string& path, const std::string& expected_hash) {
  const std::string text = ReadFile(path);
  QueryFile file;
  file.hash = HashOf(text);
  if (!expected_hash.empty() && file.hash != expected_hash) {
    Refuse(path, "content with hash " + file.hash, expected_hash + ", as the record says");
  }
  const CsvTable table = ParseCsv(text, path);
  if (table.header != Header()) Refuse(path, "another header", CsvLine(Header()));
  std::unordered_set<std::string> seen;
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const std::vector<std::string>& fields = table.rows[i];
    const std::string where = fmt::format("{}: line {}", path, table.lines[i]);
    if (!seen.insert(fields[0]).second) Refuse(where, "image " + fields[0] + " again", "it once");
    file.index.images.push_back(fields[0]);
    file.index.identities.push_back(fields[1]);
    file.index.cameras.push_back(fields[2]);
    file.queries.push_back(ParseQuery(fields, where));
  }
  return file;
}

}  // namespace bcr
