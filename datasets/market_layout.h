#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "datasets/listing.h"
#include "datasets/market_name.h"
#include "harness/core/dataset.h"

namespace bcr {

struct SplitFolder {
  Split split;
  const char* name;
};
inline constexpr SplitFolder kMarketFolders[] = {{Split::kTrain, "bounding_box_train"},
                                                 {Split::kQuery, "query"},
                                                 {Split::kGallery, "bounding_box_test"}};

// How cameras are spelled in the names of images.
enum class CameraNumbers {
  kPlain,  // from 1, without zeros in front: c0 and c01 are errors, since c1 and c01 would be two
  kThreeDigits,  // c001 and so on; others are errors
  kAny           // as the data likes; one number spelled in two ways is an error
};

// What the images of such a data set are called, and what its identities mean.
struct MarketNames {
  std::optional<MarketName> (*parse)(std::string_view base_name);
  const char* example;  // a name, for messages
  const char* parts;    // what it consists of, likewise
  // Identity -1 is junk and 0 in the gallery a distractor. Otherwise every identity is a person, and
  // those of the gallery that no query shows are the distractors.
  bool special_identities;
  // The cameras of the published data are 1 to this one; 0: nobody published any. A higher one is
  // reported as a difference: other data is kept in this layout, too.
  size_t cameras;
  CameraNumbers numbers = CameraNumbers::kPlain;
  // Several folders may feed one split.
  std::span<const SplitFolder> folders = kMarketFolders;
  int depth = 1;  // how far below the folder given they may lie
};
const MarketNames& Market1501Names();

// Opens a folder in Market-1501's layout: `bounding_box_train`, `query` and `bounding_box_test` (or
// the folders that `names` names) directly under `root` or under the one sub-folder of `root` that
// holds them all (`Market-1501-v15.09.15`). Image names are relative to the folder that holds them,
// e.g. "query/0001_c1s1_001051_00.jpg". Junk is dropped and counted, distractors are kept and
// counted. `published` may be null: no count is checked. `ref`, `reader` and `revision` are what the
// Dataset reports. Throws kMissing (root or sub-folder absent, with the expected layout) and kData
// (a folder without a usable image; a camera that is not spelled as `names` says).
std::unique_ptr<Dataset> OpenMarketLayout(const DataRef& ref, const std::string& reader,
                                          int revision, const std::string& root,
                                          const PublishedCounts* published,
                                          const MarketNames& names = Market1501Names());
// Its listing, for readers that go on with it.
Listing ListMarketLayout(const std::string& root, const PublishedCounts* published,
                         const MarketNames& names);

}  // namespace bcr
