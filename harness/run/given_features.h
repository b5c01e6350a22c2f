#pragma once

#include <vector>

#include "harness/core/dataset.h"
#include "harness/core/matrix.h"

namespace bcr {

class ImageStore;
struct EmbedOptions;
struct GivenModel;
struct ImageList;
struct Workshop;

// Features of images by a network that is given, which is opened anew. Throws kData where its file
// is another one than the plan was made for.
FloatMatrix ExtractGiven(const GivenModel& given, const ImageStore& images,
                         const EmbedOptions& options, Workshop& workshop);

// The rows of `images`, which `list` names, in the features that a model is given by: found by the
// image's name. Throws kData naming the first images without a row.
FloatMatrix GivenRows(const GivenModel& given, const ImageList& list,
                      const std::vector<ImageRecord>& images);

}  // namespace bcr
