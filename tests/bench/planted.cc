#include "planted.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/parallel.h"
#include "harness/core/random.h"

namespace bcr::bench {
namespace {

constexpr size_t kShardRows = 65536;  // times 4 bytes: whole pages whatever the width

void Require(bool done, const std::string& what) {
  if (done) return;
  throw Error(ErrorCode::kIo, {.where = what,
                               .found = "a system call that failed",
                               .expected = "room for the benchmark's features",
                               .hint = "TMPDIR chooses another folder."});
}

// Two uniform values in [-0.5, 0.5) from one draw: the generator is what filling costs.
void FillUniform(Random& random, float* out, size_t n) {
  for (size_t k = 0; k < n; k += 2) {
    const uint64_t bits = random.Next();
    out[k] = static_cast<float>(bits >> 40U) * 0x1p-24F - 0.5F;
    if (k + 1 < n) out[k + 1] = static_cast<float>(bits & 0xFFFFFFU) * 0x1p-24F - 0.5F;
  }
}

}  // namespace

Planted::Planted(const PlantedShape& shape, uint64_t seed, const std::string& side,
                 const std::string& folder)
    : shape_(shape) {
  MapShards(JoinPath(folder, side));
  Fill(seed, side);
}

Planted::~Planted() { munmap(data_, bytes_); }

void Planted::MapShards(const std::string& stem) {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const size_t row = shape_.width * sizeof(float);
  bytes_ = (shape_.rows * row + page - 1) / page * page;
  void* base = mmap(nullptr, bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  Require(base != MAP_FAILED, stem);
  data_ = static_cast<float*>(base);
  for (size_t first = 0; first < shape_.rows; first += kShardRows) {
    const std::string path = stem + "." + std::to_string(first / kShardRows);
    const size_t size = std::min(kShardRows, shape_.rows - first) * row;
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
    Require(file >= 0 && posix_fallocate(file, 0, static_cast<off_t>(size)) == 0, path);
    void* mapped = mmap(data_ + first * shape_.width, size, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_FIXED, file, 0);
    close(file);
    Require(mapped != MAP_FAILED, path);
  }
}

void Planted::Fill(uint64_t seed, const std::string& side) {
  const size_t width = shape_.width;
  FloatMatrix centres(shape_.identities, width);
  ParallelFor(shape_.identities, 0, [&](size_t i) {
    Random random(DeriveSeed(DeriveSeed(seed, "centre"), i));
    FillUniform(random, centres.row(i), width);
  });
  index_.images.resize(shape_.rows);
  index_.identities.resize(shape_.rows);
  index_.cameras.resize(shape_.rows);
  ParallelFor(shape_.rows, 0, [&](size_t i) {
    Random random(DeriveSeed(DeriveSeed(seed, side), i));
    const bool distractor = i >= shape_.marked || random.Chance(shape_.distractors);
    const size_t identity = random.Below(shape_.identities);
    index_.images[i] = std::to_string(i);
    index_.identities[i] = distractor ? "0000" : std::to_string(identity + 1);
    index_.cameras[i] = std::to_string(random.Below(shape_.cameras));
    float* row = data_ + i * width;
    FillUniform(random, row, width);
    double squares = 0;
    for (size_t k = 0; k < width; ++k) {
      row[k] = shape_.noise * row[k] + (distractor ? 0.0F : centres.row(identity)[k]);
      squares += static_cast<double>(row[k]) * row[k];
    }
    const float scale = static_cast<float>(1 / std::sqrt(squares));
    for (size_t k = 0; k < width; ++k) row[k] *= scale;
  });
  msync(data_, bytes_, MS_SYNC);  // or the disk is busy while we time
}

std::unique_ptr<RowSource> Planted::Rows(size_t rows) const {
  std::vector<std::shared_ptr<const RowSource>> shards;
  for (size_t first = 0; first < rows; first += kShardRows) {
    shards.push_back(NewMatrixRows(
        {data_ + first * shape_.width, std::min(kShardRows, rows - first), shape_.width}));
  }
  return NewConcatenatedRows(std::move(shards));
}

FeatureIndex Planted::Index(size_t rows) const {
  const auto first = [rows](const std::vector<std::string>& column) {
    return std::vector<std::string>(column.begin(), column.begin() + static_cast<long>(rows));
  };
  return {first(index_.images), first(index_.identities), first(index_.cameras)};
}

}  // namespace bcr::bench
