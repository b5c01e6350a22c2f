// Clustering at the sizes of training sets: the search for neighbours beside the bare blocked matrix
// product of all rows by all, then the k-reciprocal Jaccard distance and DBSCAN.
//
// Before anything is timed, lists of some rows are held against double precision, and labels of one
// thread against those of all. Each round times one product and one clustering in turn, on as many
// threads; the fastest of each counts. Prints one row of a table for each size that is asked for.
#include <cblas.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

#include "fast_openblas.h"
#include "harness/cluster/density/dbscan.h"
#include "harness/cluster/jaccard/jaccard.h"
#include "harness/cluster/neighbours/neighbours.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/provenance.h"
#include "harness/eval/product/aligned_floats.h"
#include "harness/eval/product/kernels.h"
#include "planted.h"

namespace bcr::bench {
namespace {

constexpr size_t kProductRows = 2048, kProductColumns = 8192;
constexpr size_t kCheckedRows = 40;
constexpr double kRounding = 1e-5;  // of an inner product of unit rows in float32

struct Size {
  const char* name;
  PlantedShape shape;
  int rounds;
};

// Training images, width and identities; noise that leaves some images without a cluster.
const Size kSizes[] = {
    {"market1501", {.rows = 12936, .width = 2048, .identities = 751, .cameras = 6, .noise = 3}, 3},
    {"msmt17", {.rows = 32621, .width = 2048, .identities = 1041, .cameras = 15, .noise = 3}, 3},
    {"200k", {.rows = 200000, .width = 512, .identities = 10000, .cameras = 6, .noise = 1.5}, 1}};

double Seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

[[noreturn]] void Wrong(const std::string& what) {
  std::fprintf(stderr, "cluster_bench: %s\n", what.c_str());
  std::exit(1);
}

double Cosine(MatrixView rows, size_t a, size_t b) {
  double sum = 0;
  for (size_t c = 0; c < rows.cols; ++c)
    sum += static_cast<double>(rows.row(a)[c]) * rows.row(b)[c];
  return sum;
}

// Nothing outside a list is nearer than its last row, beyond rounding.
void VerifyLists(MatrixView rows, const NeighbourTable& table) {
  const auto k = static_cast<size_t>(table.k);
  for (size_t check = 0; check < kCheckedRows; ++check) {
    const size_t i = check * (rows.rows / kCheckedRows);
    const int32_t* const list = table.ids.data() + i * k;
    const double last = Cosine(rows, i, static_cast<size_t>(list[k - 1]));
    for (size_t j = 0; j < rows.rows; ++j) {
      if (std::find(list, list + k, static_cast<int32_t>(j)) != list + k) continue;
      if (Cosine(rows, i, j) > last + kRounding) Wrong("a nearer row is missing from a list");
    }
  }
}

// Every row by every row, in blocks whose memory was touched before.
double TimeProduct(MatrixView rows) {
  const AlignedFloats out(kProductRows * kProductColumns);
  std::fill_n(out.data(), kProductRows * kProductColumns, 0.0F);
  const double start = Seconds();
  for (size_t q = 0; q < rows.rows; q += kProductRows) {
    for (size_t g = 0; g < rows.rows; g += kProductColumns) {
      const size_t m = std::min(kProductRows, rows.rows - q);
      const size_t n = std::min(kProductColumns, rows.rows - g);
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(m), static_cast<int>(n),
                  static_cast<int>(rows.cols), 1.0F, rows.row(q), static_cast<int>(rows.cols),
                  rows.row(g), static_cast<int>(rows.cols), 0.0F, out.data(), static_cast<int>(n));
    }
  }
  return Seconds() - start;
}

struct Times {
  double product = 1e30, neighbours = 1e30, rest = 1e30;
  size_t edges = 0;
  int64_t clusters = 0, outliers = 0;
};

void Round(MatrixView rows, const JaccardOptions& options, Times& times) {
  times.product = std::min(times.product, TimeProduct(rows));
  const double start = Seconds();
  const NeighbourTable table = NearestRows(rows, NeighboursFor(options));
  const double searched = Seconds();
  const SparseGraph graph = KReciprocalJaccard(rows, table, options);
  const std::vector<int64_t> labels = Dbscan(graph, options.max_distance, 4);
  times.rest = std::min(times.rest, Seconds() - searched);
  times.neighbours = std::min(times.neighbours, searched - start);
  times.edges = graph.cols.size();
  times.clusters = *std::max_element(labels.begin(), labels.end()) + 1;
  times.outliers = std::count(labels.begin(), labels.end(), int64_t{-1});
}

// At the first size: what one thread and all of them find.
void Verify(MatrixView rows, JaccardOptions options) {
  const NeighbourTable table = NearestRows(rows, NeighboursFor(options));
  VerifyLists(rows, table);
  const SparseGraph all = KReciprocalJaccard(rows, table, options);
  options.threads = 1;
  if (KReciprocalJaccard(rows, table, options).distances != all.distances)
    Wrong("one thread finds other distances than all");
}

void Run(const Size& size) {
  const TemporaryFolder folder;
  std::fprintf(stderr, "making %s\n", size.name);
  const Planted planted(size.shape, 1, "training", folder.path());
  const MatrixView rows{planted.data(), size.shape.rows, size.shape.width};
  const JaccardOptions options;  // Cluster Contrast's: k1 30, k2 6, eps 0.6
  std::fprintf(stderr, "checking %s\n", size.name);
  Verify(rows, options);
  Times times;
  for (int round = 0; round < size.rounds; ++round) Round(rows, options, times);
  std::printf("| %s | %zu x %zu | %.2f | %.2f | %.2f | %.2f | %.1f | %ld | %ld |\n", size.name,
              rows.rows, rows.cols, times.product, times.neighbours,
              times.neighbours / times.product, times.rest,
              static_cast<double>(times.edges) / static_cast<double>(rows.rows),
              static_cast<long>(times.clusters), static_cast<long>(times.outliers));
  std::fflush(stdout);
}

}  // namespace
}  // namespace bcr::bench

int main(int argc, char** argv) {
  bcr::bench::UseFastOpenBlas(argv);
  omp_set_num_threads(bcr::DefaultThreads());
  if (argc == 2 && std::strcmp(argv[1], "--engine") == 0) {
    std::printf("%s, %d threads, kernels %s, OpenBLAS core %s",
                bcr::HostInfo()["cpu"].get<std::string>().c_str(), bcr::DefaultThreads(),
                bcr::BestKernels().name, openblas_get_corename());
    return 0;
  }
  try {
    for (const bcr::bench::Size& size : bcr::bench::kSizes) {
      if (argc == 1 || std::strcmp(argv[1], size.name) == 0) bcr::bench::Run(size);
    }
  } catch (const bcr::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return bcr::ExitCodeOf(error.code());
  }
  return 0;
}
