#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bcr {

struct Candidate {
  float similarity;
  int32_t row;
};

// By (similarity descending, row ascending).
inline bool Nearer(const Candidate& a, const Candidate& b) {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.row < b.row;
}

// The best `k` candidates of every row while scores stream past, in any order. Memory: 2k candidates
// a row. Different rows may be offered to by different threads.
class CandidateLists {
 public:
  CandidateLists(size_t rows, size_t k);

  // Offers scores[c] with the row first + c to row i, for c < count; `skip` (a row) is passed over.
  void OfferRow(size_t i, const float* scores, size_t count, size_t first, size_t skip);
  // Offers scores[c] with `row` to the rows first + c.
  void OfferColumns(size_t first, const float* scores, size_t count, size_t row);

  // The best of row i in their order, at most k. Its list is empty afterwards.
  std::vector<Candidate> Take(size_t i);

 private:
  void Offer(size_t i, Candidate candidate);

  const size_t k_, capacity_;
  std::vector<Candidate> entries_;  // [i * capacity_ + t]
  std::vector<uint32_t> sizes_;
  std::vector<float> floors_;  // scores below it cannot enter the list of i
};

}  // namespace bcr
