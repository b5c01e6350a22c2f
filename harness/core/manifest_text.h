#pragma once

#include <optional>
#include <string>

#include "harness/core/manifest.h"

namespace bcr {

// The text of DONE. Sets the manifest's hash, by which the text proves itself. Throws kData for
// names that are not UTF-8.
std::string ManifestText(Manifest& manifest);

// Reads that text. Nothing where a byte of it has changed, where it is of another form, and where
// its files are not sorted by name or have more or fewer blocks than their sizes ask for.
// Throws kInterrupted.
std::optional<Manifest> ParseManifest(const std::string& text);

}  // namespace bcr
