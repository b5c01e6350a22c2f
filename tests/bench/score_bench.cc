// Scoring at the sizes of published test splits, beside the bare matrix product of the same shape.
//
// A workload's answer is checked against the sorting reference on some queries before anything is
// timed. Then every iteration times one cblas_sgemm of the whole shape, one torch::mm (where
// BCR_TORCH_MM names torch_mm_bench) and one scoring (features as they lie in their files to
// metrics with their intervals) in turn, on as many threads. `ratio` is the fastest scoring over
// the fastest product.
#include <benchmark/benchmark.h>
#include <cblas.h>
#include <omp.h>
#include <sys/mman.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

#include "fast_openblas.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/provenance.h"
#include "harness/eval/block_source.h"
#include "harness/eval/product/kernels.h"
#include "harness/eval/scorer.h"
#include "harness/eval/statistics/estimate.h"
#include "memory_watch.h"
#include "planted.h"

namespace bcr::bench {
namespace {

constexpr int kResamples = 2000;
constexpr size_t kCheckedQueries = 12;
constexpr int kBlockMb = 256;

struct Workload {
  const char* name;
  PlantedShape query, gallery;
  int iterations;
};

const Workload kWorkloads[] = {
    {"market1501", {3368, 2048, 750, 6}, {15913, 2048, 750, 6, 0.176}, 15},
    {"msmt17", {11659, 2048, 3060, 15}, {82161, 2048, 3060, 15}, 3},
    {"market1501+500k", {3368, 2048, 750, 6}, {515913, 2048, 750, 6, 0.176, 15913}, 2},
};
const Workload kGrowth = {"growth", {1024, 512, 750, 6}, {1000000, 512, 750, 6, 0.176, 15913}, 3};

// One workload's features at a time: the next one's replace them.
struct Features {
  TemporaryFolder folder;
  Planted query, gallery;
  explicit Features(const Workload& w)
      : query(w.query, 1, "query", folder.path()),
        gallery(w.gallery, 1, "gallery", folder.path()) {}
};

const Features& FeaturesOf(const Workload& workload) {
  static std::optional<Features> features;
  static const char* made = nullptr;
  if (made == nullptr || std::strcmp(made, workload.name) != 0) {
    features.reset();
    std::fprintf(stderr, "making %s\n", workload.name);
    features.emplace(workload);
    made = workload.name;
  }
  return *features;
}

// What is timed: one query and one gallery as they lie in their files.
struct Task {
  const RowSource& query;
  const FeatureIndex& query_index;
  const RowSource& gallery;
  const FeatureIndex& gallery_index;
};

// All default metrics and their intervals, as `bcreid score` computes them.
std::vector<Estimate> Intervals(const CellScores& cell, const FeatureIndex& query) {
  std::vector<ValueColumn> columns;
  std::vector<Statistic> statistics;
  const auto add = [&](bool share, const auto& value_of) {
    ValueColumn& column = columns.emplace_back();
    for (const QueryScore& one : cell.queries) {
      column.values.push_back(value_of(one));
      column.valid.push_back(one.valid);
    }
    statistics.push_back(share ? ShareOf(columns.size() - 1) : LevelOf(columns.size() - 1));
  };
  add(false, [](const QueryScore& one) { return one.ap_hits; });
  add(false, [](const QueryScore& one) { return one.ap_trapezoid; });
  add(false, [](const QueryScore& one) { return one.inp; });
  for (const int k : {1, 5, 10}) {
    add(true, [k](const QueryScore& one) { return HitWithin(one, k); });
  }
  return EstimateAll(columns, query.identities, statistics, {.seed = 1, .resamples = kResamples});
}

CellScores Score(const Task& task) {
  ScoringOptions options;
  options.block_mb = kBlockMb;
  return ScoreRows(task.query, task.query_index, task.gallery, task.gallery_index, options);
}

[[noreturn]] void Wrong(size_t query, double found, double expected) {
  std::fprintf(stderr, "query %zu: %.17g, expected %.17g\n", query, found, expected);
  std::exit(1);
}

double Cosine(const float* a, const float* b, size_t width) {
  double product = 0, a_squares = 0, b_squares = 0;
  for (size_t k = 0; k < width; ++k) {
    product += double{a[k]} * b[k];
    a_squares += double{a[k]} * a[k];
    b_squares += double{b[k]} * b[k];
  }
  return product / std::sqrt(a_squares * b_squares);
}

// The counter over all queries and the sorting reference over some must agree to the last bit, and
// the scores both rest on must be those of double precision.
void Verify(const Task& task, const CellScores& cell) {
  const auto source = NewCpuBlockSource(task.query, task.gallery, Distance::kCosine);
  const size_t queries = task.query.rows(), gallery = task.gallery.rows();
  std::vector<float> scratch_a(task.query.cols()), scratch_b(task.query.cols());
  FloatMatrix distances(1, gallery);
  for (size_t i = 0; i < kCheckedQueries; ++i) {
    const size_t q = i * (queries - 1) / (kCheckedQueries - 1);
    source->Fill(q, q + 1, 0, gallery, 0, distances.data());
    for (size_t g = 0; g < gallery; ++g) {
      float& score = distances.data()[g];
      if (g % 997 == 0) {
        const double exact = Cosine(task.query.Row(q, scratch_a.data()),
                                    task.gallery.Row(g, scratch_b.data()), task.query.cols());
        if (!(std::fabs(exact - score) < 2e-6)) Wrong(q, score, exact);
      }
      score = -score;
    }
    const FeatureIndex one{{task.query_index.images[q]},
                           {task.query_index.identities[q]},
                           {task.query_index.cameras[q]}};
    const CellScores reference = ScoreReference(distances.view(), one, task.gallery_index, {});
    const QueryScore& a = reference.queries[0];
    const QueryScore& b = cell.queries[q];
    if (a.ap_hits != b.ap_hits || a.ap_trapezoid != b.ap_trapezoid || a.inp != b.inp ||
        a.first_rank != b.first_rank || a.last_rank != b.last_rank || a.matches != b.matches) {
      Wrong(q, b.ap_hits, a.ap_hits);
    }
  }
}

// On a busy machine processor seconds are the fairer measure: both are reported.
struct Seconds {
  double wall = 0, cpu = 0;
};

Seconds Now() {
  timespec cpu{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
  return {omp_get_wtime(),
          static_cast<double>(cpu.tv_sec) + 1e-9 * static_cast<double>(cpu.tv_nsec)};
}

Seconds Since(const Seconds& start) {
  const Seconds now = Now();
  return {now.wall - start.wall, now.cpu - start.cpu};
}

void KeepFastest(const Seconds& one, Seconds& best) {
  best.wall = best.wall == 0 ? one.wall : std::min(best.wall, one.wall);
  best.cpu = best.cpu == 0 ? one.cpu : std::min(best.cpu, one.cpu);
}

// Time of one product of the whole shape; its output is faulted in before and given back after.
Seconds TimeProduct(const float* query, size_t queries, const float* gallery, size_t rows,
                    size_t width) {
  const size_t bytes = queries * rows * sizeof(float);
  void* out = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (out == MAP_FAILED) {
    throw Error(ErrorCode::kIo, {.where = "bare product",
                                 .found = "no memory for its output",
                                 .expected = std::to_string(bytes >> 20U) + " MiB"});
  }
  const Seconds start = Now();
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<blasint>(queries),
              static_cast<blasint>(rows), static_cast<blasint>(width), 1.0F, query,
              static_cast<blasint>(width), gallery, static_cast<blasint>(width), 0.0F,
              static_cast<float*>(out), static_cast<blasint>(rows));
  const Seconds seconds = Since(start);
  munmap(out, bytes);
  return seconds;
}

// Seconds of torch::mm on the same shape, from the program that BCR_TORCH_MM names
// (torch_mm_bench); 0 where it names none. A process of its own, as two OpenMP runtimes and two
// BLAS do not mix.
double TimeTorchProduct(size_t queries, size_t rows, size_t width) {
  const char* program = std::getenv("BCR_TORCH_MM");
  if (program == nullptr) return 0;
  const std::string command = std::string("'") + program + "' " + std::to_string(queries) + " " +
                              std::to_string(rows) + " " + std::to_string(width);
  FILE* pipe = popen(command.c_str(), "r");
  double seconds = 0;
  const bool read = pipe != nullptr && std::fscanf(pipe, "%lf", &seconds) == 1;
  if (pipe == nullptr || pclose(pipe) != 0 || !read || !(seconds > 0)) {
    throw Error(ErrorCode::kIo, {.where = command,
                                 .found = "no time on its standard output",
                                 .expected = "seconds",
                                 .hint = "Unset BCR_TORCH_MM to time without LibTorch."});
  }
  return seconds;
}

void BM_Score(benchmark::State& state, const Workload& workload, size_t gallery_rows) {
  const Features& features = FeaturesOf(workload);
  const auto query = features.query.Rows(workload.query.rows);
  const auto gallery = features.gallery.Rows(gallery_rows);
  const FeatureIndex gallery_index = features.gallery.Index(gallery_rows);
  const Task task{*query, features.query.index(), *gallery, gallery_index};
  Verify(task, Score(task));

  Seconds best, bare;
  double torch = 0;
  double map = 0;
  Memory peak;
  for (auto _ : state) {
    KeepFastest(TimeProduct(features.query.data(), query->rows(), features.gallery.data(),
                            gallery_rows, query->cols()),
                bare);
    const double torch_now = TimeTorchProduct(query->rows(), gallery_rows, query->cols());
    torch = torch == 0 ? torch_now : std::min(torch, torch_now);
    MemoryWatch watch;
    const Seconds start = Now();
    const CellScores cell = Score(task);
    map = *Intervals(cell, task.query_index).front().value;
    const Seconds seconds = Since(start);
    const Memory now = watch.Peak();
    state.SetIterationTime(seconds.wall);
    KeepFastest(seconds, best);
    peak = {std::max(peak.anonymous, now.anonymous), std::max(peak.resident, now.resident)};
  }
  const double gflop = 2e-9 * static_cast<double>(query->rows()) *
                       static_cast<double>(gallery_rows) * static_cast<double>(query->cols());
  state.counters["q"] = static_cast<double>(query->rows());
  state.counters["g"] = static_cast<double>(gallery_rows);
  state.counters["d"] = static_cast<double>(query->cols());
  state.counters["score_s"] = best.wall;
  state.counters["sgemm_s"] = bare.wall;
  state.counters["score_gflops"] = gflop / best.wall;
  state.counters["sgemm_gflops"] = gflop / bare.wall;
  if (torch > 0) state.counters["torch_s"] = torch;
  state.counters["ratio"] = best.wall / (torch > 0 ? std::min(torch, bare.wall) : bare.wall);
  state.counters["cpu_ratio"] = best.cpu / bare.cpu;
  state.counters["anon_mib"] = peak.anonymous;
  state.counters["peak_rss_mib"] = peak.resident;
  state.counters["mAP"] = map;
}

void Register(const std::string& name, const Workload& workload, size_t gallery_rows) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [&workload, gallery_rows](benchmark::State& state) {
                                 BM_Score(state, workload, gallery_rows);
                               })
      ->UseManualTime()
      ->MeasureProcessCPUTime()
      ->Iterations(workload.iterations)
      ->Unit(benchmark::kSecond);
}

void RegisterAll() {
  for (const Workload& workload : kWorkloads) {
    Register(std::string("BM_Score/") + workload.name, workload, workload.gallery.rows);
  }
  for (const size_t rows : {10000, 31623, 100000, 316228, 1000000}) {
    Register("BM_Growth/g:" + std::to_string(rows), kGrowth, rows);
  }
}

}  // namespace
}  // namespace bcr::bench

int main(int argc, char** argv) {
  bcr::bench::UseFastOpenBlas(argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::AddCustomContext("openblas", openblas_get_config());
  benchmark::AddCustomContext("openblas_core", openblas_get_corename());
  benchmark::AddCustomContext("kernels", bcr::BestKernels().name);
  benchmark::AddCustomContext("threads", std::to_string(bcr::DefaultThreads()));
  benchmark::AddCustomContext("cpu", bcr::HostInfo()["cpu"].get<std::string>());
  bcr::bench::RegisterAll();
  try {
    benchmark::RunSpecifiedBenchmarks();
  } catch (const bcr::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return bcr::ExitCodeOf(error.code());
  }
  return 0;
}
