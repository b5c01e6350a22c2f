#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/listing.h"

namespace bcr {

// The images of a folder whose names `number` takes, sorted by name, with identity = what it gives and
// camera as given. Names begin with `prefix`. Names outside the grammar are counted in the report.
// Throws kMissing, kIo, kData (no usable image, an identity twice).
std::vector<ListedImage> ListOneEach(
    const std::string& folder, const std::string& prefix, const std::string& camera,
    const std::function<std::optional<std::string>(std::string_view base_name)>& number,
    const std::string& example, DatasetReport& report);

}  // namespace bcr
