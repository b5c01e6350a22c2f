#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bcr {

struct MetricInfo;

// The length of the lists that per-query files hold.
inline constexpr size_t kListed = 10;

// An image of a query's list, and whether it is a match.
struct FoundImage {
  std::string image;
  bool match = false;
};

// One query's outcome in a cell: a line of the side file that lets two runs be compared query by
// query. The numbers mean nothing where `valid` is false.
struct PerQueryRow {
  std::string image, identity, camera;
  bool valid = false;
  double ap_hits = 0, ap_trapezoid = 0, inp = 0;
  int64_t first_rank = 0;  // 1-based
  // Probability of a match within the ranks kHitRanks; absent where it is just 1 or 0, by
  // first_rank.
  std::optional<std::array<double, 3>> hits;
  // Values of RankMetrics() (harness/metrics/table.h), in that order; shorter or absent where
  // the file has no such column, as files written before the metric was there.
  std::vector<std::optional<double>> of_ranks;
  // The first images of its list, at most kListed, nearest first; empty where the file holds none.
  std::vector<FoundImage> list;
};

inline constexpr std::array<int, 3> kHitRanks = {1, 5, 10};

// Probability of a match within rank kHitRanks[place]; 0 where the query is not valid.
double HitAt(const PerQueryRow& row, size_t place);

// The query's value of one of QueryMetrics(); absent where the query is not valid or the row does
// not hold it: a column that is missing, or a probability at another rank than kHitRanks.
std::optional<double> ValueOf(const PerQueryRow& row, const MetricInfo& metric);

// CSV with the header image,identity,camera,valid,ap_hits,ap_trapezoid,inp,first_rank; where some
// row has `hits`, hit1,hit5,hit10; then a column for each of RankMetrics() that every valid row has a
// value of; where some row has a list, top1 to top10 (images) and matches (1 or 0 for each of them,
// as in 0110000000). valid is 1 or 0, numbers in their shortest exact spelling, those of a row empty
// where it is 0.
std::string PerQueryCsv(const std::vector<PerQueryRow>& rows);

// Throws kData naming `where` and the line: wrong header, values out of range, images that occur
// twice.
std::vector<PerQueryRow> ParsePerQuery(const std::string& text, const std::string& where);

}  // namespace bcr
