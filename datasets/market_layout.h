#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "datasets/market_name.h"
#include "harness/core/dataset.h"

namespace bcr {

// Counts that a dataset's authors published; a difference is reported, never an error (sub-sets are
// legitimate). Distractors and junk count as in the folder listing: gallery_images excludes junk
// and includes distractors.
struct MarketCounts {
  size_t train_identities = 0;
  size_t train_images = 0;
  size_t query_identities = 0;
  size_t query_images = 0;
  size_t gallery_images = 0;
  size_t gallery_identities = 0;  // 0: not compared
};

// What the images of such a data set are called, and what its identities mean.
struct MarketNames {
  std::optional<MarketName> (*parse)(std::string_view base_name);
  const char* example;  // a name, for messages
  const char* parts;    // what it consists of, likewise
  // Identity -1 is junk and 0 in the gallery a distractor. Otherwise every identity is a person, and
  // those of the gallery that no query shows are the distractors.
  bool special_identities;
  // The cameras of the published data are c1 to this one. A higher one is reported as a difference
  // (other data is kept in this layout, too); c0 and c01 are errors, since no data is published with
  // such names and c1 and c01 would be two cameras.
  size_t cameras;
};
const MarketNames& Market1501Names();

// Opens a folder in Market-1501's layout: `bounding_box_train`, `query` and `bounding_box_test`
// directly under `root` or under the one sub-folder of `root` that holds all three
// (`Market-1501-v15.09.15`). Image names are relative to the folder that holds the three, e.g.
// "query/0001_c1s1_001051_00.jpg". Junk is dropped and counted, distractors are kept and counted.
// `published` may be null: no count is checked. `ref`, `reader` and `revision` are what the Dataset
// reports. Throws kMissing (root or sub-folder absent, with the expected layout) and kData (no
// training or no query image; a camera that is not numbered from 1 without zeros in front).
std::unique_ptr<Dataset> OpenMarketLayout(const DataRef& ref, const std::string& reader,
                                          int revision, const std::string& root,
                                          const MarketCounts* published,
                                          const MarketNames& names = Market1501Names());

}  // namespace bcr
