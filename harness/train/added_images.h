#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>  // AddedImagesContext holds a Json by value
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/core/matrix.h"

namespace bcr {

class Augmenter;
class ImageStore;
struct TrainJob;
struct TrainPlugIns;

// Fills an empty folder; `work_folder` survives an interruption, "" where nothing does.
using FillFolder = std::function<void(const std::string& folder, const std::string& work_folder)>;

// What a training run needs from outside to let augmenters add images.
struct AddedImagesContext {
  // Returns a folder with what `make` writes into an empty one: makes it unless one is kept that was
  // made under equal inputs. Without it the folder is a temporary one.
  std::function<std::string(const Json& inputs, const FillFolder& make)> keep;
  Json list;  // what decides the training list: data set, rows, decoder, image size
  // What augmenters make their images of that all models of a run share (AugmenterInfo::shares): the
  // training images of all of them, of the same height and width.
  struct Shared {
    Json list;
    std::function<std::unique_ptr<ImageStore>()> open;
    uint64_t seed = 0;
  };
  std::optional<Shared> shared;  // absent: the model is alone, and such images are made of its own
  // Features of added images by the earlier model with this index (M x d_o, as OldModel::features).
  // Needed where images are added and there are earlier models.
  std::function<FloatMatrix(size_t old_model, const ImageStore& images)> old_features;
};

// A training job with what its recipe's augmenters add behind its own rows: labels as the augmenter
// gives them, a camera of their own, domain 0, their origins, the sum of the quotas.
class ExtendedJob {
 public:
  // `job` and `augmenters` (those of its base recipe, in order) outlive this. Throws kConfig for
  // added images of another size or with labels that the job does not have, and where an earlier
  // model cannot be asked for its features of them.
  ExtendedJob(const TrainJob& job, const std::vector<std::unique_ptr<Augmenter>>& augmenters,
              const TrainPlugIns& plug_ins);
  ~ExtendedJob();
  // `job` itself where nothing was added.
  const TrainJob& job() const;
  // For records, one object an augmenter that added some: its name, how many images, how many of those
  // without a label each batch gets, and the name of the folder that they are kept in, where they are kept.
  const Json& added() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bcr
