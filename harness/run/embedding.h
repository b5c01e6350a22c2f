#pragma once

#include <cstddef>
#include <string>

#include "harness/core/matrix.h"

namespace bcr {

class ImageStore;
struct EmbedOptions;
struct Workshop;
enum class FeatureSide;

// The side of the neck by its name in profiles.
FeatureSide SideOf(const std::string& name);

// Threads that prepare batches beside `threads` that compute; no byte depends on them.
int LoaderWorkers(int threads);

// Features of images by the model of a step, which is in the store, on the workshop's device.
// `options` says all but quiet and workers.
FloatMatrix Extract(size_t model, const ImageStore& images, EmbedOptions options,
                    Workshop& workshop);

}  // namespace bcr
