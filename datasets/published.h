#pragma once

#include <string>

#include "harness/core/dataset.h"

namespace bcr {

struct Listing;

// The published counts of datasets/stats/<name>.json, compiled in. REQUIRES: there is such a file.
PublishedCounts LoadPublished(const std::string& name);

// Puts the counts into the listing's report, with a sentence for each that differs from what the
// listing holds. A difference is reported, never an error: sub-sets are legitimate. Gallery images
// count without junk and with distractors.
void CompareCounts(const PublishedCounts& published, Listing& listing);
// The same for the number of cameras in all splits together: a difference where there are more than
// published.
void CompareCameras(const PublishedCounts& published, Listing& listing);

}  // namespace bcr
