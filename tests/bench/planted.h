#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/features/feature_set.h"
#include "harness/features/row_source.h"

namespace bcr::bench {

// Random unit features with planted identities: each row is its identity's centre plus noise strong
// enough that matches and others mix. Distractors have no centre and the identity 0000.
struct PlantedShape {
  size_t rows = 0;
  size_t width = 0;
  size_t identities = 0;
  size_t cameras = 0;
  double distractors = 0;    // share of the first `marked` rows
  size_t marked = SIZE_MAX;  // rows from here on are all distractors
  float noise = 4.5F;        // beside a centre of 1
};

// Such features in raw float32 shard files, mapped end to end: no anonymous memory, and one matrix
// for the bare product all the same.
class Planted {
 public:
  // Writes the shards into `folder`. Sides of one workload share `seed`, hence centres, and differ
  // in `side`.
  Planted(const PlantedShape& shape, uint64_t seed, const std::string& side,
          const std::string& folder);
  ~Planted();
  Planted(const Planted&) = delete;
  Planted& operator=(const Planted&) = delete;

  const float* data() const { return data_; }
  const FeatureIndex& index() const { return index_; }
  // The first `rows` rows, as shards.
  std::unique_ptr<RowSource> Rows(size_t rows) const;
  FeatureIndex Index(size_t rows) const;

 private:
  void MapShards(const std::string& stem);
  void Fill(uint64_t seed, const std::string& side);

  const PlantedShape shape_;
  float* data_ = nullptr;
  size_t bytes_ = 0;
  FeatureIndex index_;
};

}  // namespace bcr::bench
