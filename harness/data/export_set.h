#pragma once

#include <string>

#include "harness/core/dataset.h"

namespace bcr {

// Writes the images of a data set, as they are encoded, into a new folder: `folder` is there when all
// is written, and not before. Both throw kUsage where something lies at `folder` already, kIo, and
// what reading an image throws.

// images/<split>/<number>_<name> and list.csv with the columns path, identity, camera, split: what
// `csv:FOLDER/list.csv` reads. Numbers count from 0 in the split's order.
void ExportCsv(const Dataset& data, const std::string& folder);

// Market-1501's layout: bounding_box_train/, query/ and bounding_box_test/ with names such as
// 0002_c1s1_000003_00.jpg. Identities and cameras become numbers from 1 on, in the order of their
// names; labels.csv says which (columns kind, number, label). Where the data has Market-1501's rule,
// identity 0 stays 0000. Throws kData for images that are neither JPEG nor PNG by their name, which
// the layout does not know.
void ExportMarket(const Dataset& data, const std::string& folder);

}  // namespace bcr
