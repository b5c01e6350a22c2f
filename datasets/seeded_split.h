#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "datasets/listing.h"

namespace bcr {

// `count` of the identities, drawn without order by `seed`: which ones depends on the seed and on the
// identities' names, not on the order in which a disk lists them. REQUIRES: count <= their number.
std::set<std::string> DrawIdentities(const std::set<std::string>& identities, size_t count,
                                     uint64_t seed);

// MakeListedDataset, for readers that drew the split themselves: it is kept for later in
// <generated_folder>/splits/<hash>.csv (columns name, split; no paths), where the context allows
// writing. Throws kIo, and kData where the split has no query or no gallery image.
std::unique_ptr<Dataset> MakeSplitDataset(const DataRef& ref, const std::string& reader,
                                          int revision, Listing listing,
                                          const OpenContext& context);

// The option that all such readers have, for DatasetInfo::options.
inline constexpr char kSeedAbout[] = "seed of the random split, from 0 (default 1)";
uint64_t SeedOf(const DataRef& ref);

}  // namespace bcr
