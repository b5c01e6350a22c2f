#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace bcr {

class Batch;

// N-way K-shot episodes made of one batch. Classes are counted over all of them; places are those of
// the batch's rows.
struct Episodes {
  int64_t shots = 1;
  std::vector<int64_t> episode_of;        // of each class
  std::vector<int64_t> support;           // classes x shots places, class by class
  std::vector<int64_t> queries, targets;  // places, and the class of each
};

// Labels with more than `shots` different images take part: those that `seed` draws are support, all
// others queries, copies of a support image left out. `seed` also gathers the labels in episodes of `ways`;
// those left over take no part. Where there are fewer, or `ways` is 0, all are in one episode. What is
// drawn depends on labels and rows, not on their order.
Episodes DrawEpisodes(const Batch& batch, int64_t ways, int64_t shots, uint64_t seed);

// What queries say of the prototypes of their episode, the means of its classes' support:
//   euclidean  -|f - c|^2 / temperature
//   cosine     <f^, c^> / temperature, c the mean of unit rows
// Queries x classes, -infinity for classes of other episodes. `features`: of the batch's rows.
at::Tensor PrototypeLogits(const at::Tensor& features, const Episodes& episodes, bool cosine,
                           double temperature, const std::string& device);

}  // namespace bcr
