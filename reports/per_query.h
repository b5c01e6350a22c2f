#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bcr {

// One query's outcome in a cell: a line of the side file that lets two runs be compared query by
// query. The last four fields mean nothing where `valid` is false.
struct PerQueryRow {
  std::string image, identity, camera;
  bool valid = false;
  double ap_hits = 0, ap_trapezoid = 0, inp = 0;
  int64_t first_rank = 0;  // 1-based
};

// CSV with the header image,identity,camera,valid,ap_hits,ap_trapezoid,inp,first_rank: valid is 1
// or 0, numbers in their shortest exact spelling, the last four fields empty where valid is 0.
std::string PerQueryCsv(const std::vector<PerQueryRow>& rows);

// Throws kData naming `where` and the line: wrong header, values out of range, images that occur
// twice.
std::vector<PerQueryRow> ParsePerQuery(const std::string& text, const std::string& where);

}  // namespace bcr
