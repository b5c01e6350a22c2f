// Prints the seconds of the fastest torch::mm of Q x D by D x G float32 (`torch_mm_bench Q G D`),
// for scripts/bench_scoring.
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: torch_mm_bench QUERIES GALLERY WIDTH\n");
    return 2;
  }
  const torch::NoGradGuard no_grad;
  const torch::Tensor query = torch::rand({std::atol(argv[1]), std::atol(argv[3])}).sub_(0.5);
  const torch::Tensor gallery = torch::rand({std::atol(argv[2]), std::atol(argv[3])}).sub_(0.5);
  torch::Tensor out = torch::zeros({query.size(0), gallery.size(0)});
  constexpr int kRepeats = 2;  // the first warms up; score_bench starts us several times
  double best = 0;
  for (int i = 0; i < kRepeats; ++i) {
    const auto start = std::chrono::steady_clock::now();
    torch::mm_out(out, query, gallery.t());
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    best = i == 0 ? taken.count() : std::min(best, taken.count());
  }
  std::printf("%.6f\n", best);
  return 0;
}
