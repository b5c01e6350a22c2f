// Scoring at the size of Market-1501's test split: 3,368 queries, 15,913 gallery images, width
// 2,048. Random unit features with planted identities. Checks the answer against the reference on a
// query subset, then times a bare cblas_sgemm of the whole shape and the scorer in the same run and
// prints their ratio. OpenBLAS picks its kernels by CPU model and falls back to slow ones for
// models younger than itself: read its name in the header line before believing a ratio.
#include <benchmark/benchmark.h>
#include <cblas.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "harness/core/provenance.h"
#include "harness/core/random.h"
#include "harness/eval/block_source.h"
#include "harness/eval/kernels.h"
#include "harness/eval/scorer.h"

namespace bcr {
namespace {

constexpr size_t kQueries = 3368;
constexpr size_t kGallery = 15913;
constexpr size_t kWidth = 2048;
constexpr size_t kIdentities = 750;
constexpr size_t kCheckedQueries = 48;
constexpr double kGflop = 2e-9 * kQueries * kGallery * kWidth;

struct Data {
  FloatMatrix query{kQueries, kWidth};
  FloatMatrix gallery{kGallery, kWidth};
  FeatureIndex query_index, gallery_index;
};

// One centre an identity plus noise, strong enough that matches and others mix.
void Plant(FloatMatrix& features, FeatureIndex& index, const FloatMatrix& centres, Random& random,
           double distractors) {
  for (size_t i = 0; i < features.rows(); ++i) {
    const bool distractor = random.Chance(distractors);
    const size_t identity = random.Below(kIdentities);
    for (size_t k = 0; k < kWidth; ++k) {
      const double centre = distractor ? 0.0 : centres.row(identity)[k];
      features.row(i)[k] = static_cast<float>(centre + 4.5 * (random.Uniform() - 0.5));
    }
    index.images.push_back(std::to_string(i));
    index.identities.push_back(distractor ? "0000" : std::to_string(identity + 1));
    index.cameras.push_back(std::to_string(random.Below(6)));
  }
  NormalizeRows(features);
}

const Data& TheData() {
  static const Data data = [] {
    Data made;
    Random random(1);
    FloatMatrix centres(kIdentities, kWidth);
    for (size_t i = 0; i < kIdentities * kWidth; ++i) {
      centres.data()[i] = static_cast<float>(random.Uniform() - 0.5);
    }
    Plant(made.query, made.query_index, centres, random, 0.0);
    Plant(made.gallery, made.gallery_index, centres, random, 0.15);
    return made;
  }();
  return data;
}

// The counter over all queries and the sorting reference over some must agree to the last bit.
void Verify(const CellScores& cell) {
  const Data& data = TheData();
  const auto source = NewCpuBlockSource(data.query.view(), data.gallery.view());
  FloatMatrix distances(1, kGallery);
  for (size_t i = 0; i < kCheckedQueries; ++i) {
    const size_t q = i * (kQueries - 1) / (kCheckedQueries - 1);
    source->Fill(q, q + 1, 0, kGallery, 1, distances.data());
    for (size_t g = 0; g < kGallery; ++g) {
      double exact = 0;
      for (size_t k = 0; k < kWidth && g % 97 == 0; ++k) {
        exact += double{data.query.row(q)[k]} * data.gallery.row(g)[k];
      }
      float& score = distances.data()[g];
      if (g % 97 == 0 && std::fabs(exact - score) > 2e-6) {
        std::fprintf(stderr, "query %zu, gallery %zu: %.9g, exact %.17g\n", q, g, score, exact);
        std::exit(1);
      }
      score = -score;
    }
    const FeatureIndex one{{data.query_index.images[q]},
                           {data.query_index.identities[q]},
                           {data.query_index.cameras[q]}};
    const CellScores expected = ScoreReference(distances.view(), one, data.gallery_index, {});
    const QueryScore& a = expected.queries[0];
    const QueryScore& b = cell.queries[q];
    if (a.ap_hits == b.ap_hits && a.ap_trapezoid == b.ap_trapezoid && a.inp == b.inp &&
        a.first_rank == b.first_rank && a.last_rank == b.last_rank && a.matches == b.matches) {
      continue;
    }
    std::fprintf(stderr, "query %zu: AP %.17g, reference %.17g\n", q, b.ap_hits, a.ap_hits);
    std::exit(1);
  }
}

double bare_seconds = 0;  // the fastest bare product of this run

void Report(benchmark::State& state, double seconds) {
  state.SetIterationTime(seconds);
  state.counters["GFLOP/s"] =
      benchmark::Counter(kGflop, benchmark::Counter::kIsIterationInvariantRate);
}

void BM_BareSgemm(benchmark::State& state) {
  const Data& data = TheData();
  std::vector<float> out(kQueries * kGallery);
  for (auto _ : state) {
    const double start = omp_get_wtime();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, kQueries, kGallery, kWidth, 1.0F,
                data.query.data(), kWidth, data.gallery.data(), kWidth, 0.0F, out.data(), kGallery);
    const double seconds = omp_get_wtime() - start;
    Report(state, seconds);
    bare_seconds = bare_seconds == 0 ? seconds : std::min(bare_seconds, seconds);
  }
}
BENCHMARK(BM_BareSgemm)
    ->Name("BM_BareSgemm/q:3368/g:15913/d:2048")
    ->MeasureProcessCPUTime()
    ->UseManualTime()
    ->Iterations(5);

void BM_ScoreCell(benchmark::State& state) {
  const Data& data = TheData();
  const auto source = NewCpuBlockSource(data.query.view(), data.gallery.view());
  ScoringOptions options;
  options.block_mb = static_cast<int>(state.range(0));
  CellScores cell;
  double best = 0;
  for (auto _ : state) {
    const double start = omp_get_wtime();
    cell = ScoreCell(*source, data.query_index, data.gallery_index, options);
    const double seconds = omp_get_wtime() - start;
    Report(state, seconds);
    best = best == 0 ? seconds : std::min(best, seconds);
  }
  state.counters["mAP"] = cell.map_hits;
  state.counters["bare/score"] = bare_seconds / best;
}
BENCHMARK(BM_ScoreCell)
    ->Name("BM_ScoreCell/q:3368/g:15913/d:2048")
    ->ArgName("block_mb")
    ->Arg(256)
    ->Arg(64)
    ->Arg(8)
    ->MeasureProcessCPUTime()
    ->UseManualTime()
    ->Iterations(5);

// The same from stored features: checks and normalises both sides first.
void BM_ScoreCosine(benchmark::State& state) {
  const Data& data = TheData();
  const FeatureSet query{data.query, data.query_index, ""};
  const FeatureSet gallery{data.gallery, data.gallery_index, ""};
  double best = 0;
  for (auto _ : state) {
    const double start = omp_get_wtime();
    benchmark::DoNotOptimize(ScoreCosine(query, gallery, {}).map_hits);
    const double seconds = omp_get_wtime() - start;
    Report(state, seconds);
    best = best == 0 ? seconds : std::min(best, seconds);
  }
  state.counters["bare/score"] = bare_seconds / best;
}
BENCHMARK(BM_ScoreCosine)
    ->Name("BM_ScoreCosine/q:3368/g:15913/d:2048")
    ->MeasureProcessCPUTime()
    ->UseManualTime()
    ->Iterations(3);

}  // namespace
}  // namespace bcr

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::AddCustomContext("openblas", openblas_get_corename());
  benchmark::AddCustomContext("kernels", bcr::BestKernels().name);
  benchmark::AddCustomContext("threads", std::to_string(bcr::DefaultThreads()));
  const bcr::Data& data = bcr::TheData();
  const auto source = bcr::NewCpuBlockSource(data.query.view(), data.gallery.view());
  bcr::Verify(bcr::ScoreCell(*source, data.query_index, data.gallery_index, {}));
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
