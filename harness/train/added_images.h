#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>  // AddedImagesContext holds a Json by value
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/core/matrix.h"

namespace bcr {

class Augmenter;
class ImageStore;
struct TrainJob;
struct TrainPlugIns;

// What a training run needs from outside to let augmenters add images.
struct AddedImagesContext {
  // Returns a folder with what `make` writes into an empty one: makes it unless one is kept that was
  // made under equal inputs. Without it the folder is a temporary one.
  std::function<std::string(const Json& inputs,
                            const std::function<void(const std::string& folder)>& make)>
      keep;
  Json list;  // what decides the training list: data set, rows, decoder, image size
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

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bcr
