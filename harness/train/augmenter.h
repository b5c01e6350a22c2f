#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/data/image_store.h"
#include "harness/data/training_image.h"
#include "harness/train/batch_mix.h"

namespace bcr {

struct AugmenterUse;

// What a model trains on before anything is added.
struct AugmentedList {
  const ImageStore* images = nullptr;  // N rows, all of which the model may see
  std::vector<int64_t> labels;         // N classes; -1 = none, all of them without ground truth
  uint64_t seed = 0;                   // of this augmenter; derive named streams from it
};

// Where what an augmenter adds is made.
struct MakingPlace {
  std::string folder;  // exists and is empty
  // For a checkpoint: it survives an interruption of the making, and is removed when that is done. "":
  // there is none.
  std::string work_folder;
  std::string device = "cpu";
  std::string title;  // for the progress bar
  bool quiet = false;
};

// Images beside the training list.
struct AddedImages {
  std::unique_ptr<ImageStore> images;  // M rows, of the list's height and width
  // M: a class of the list, whose real images it is then sampled with, or -1. Images without a
  // label come into a batch by the quota alone.
  std::vector<int64_t> labels;
  std::vector<int64_t> origins;  // M: 1 generated, 2 mixed of real images
  int per_batch = 0;             // the quota: images without a label added to every batch
};

// What makes, changes or mixes training images: one or several of the three verbs below.
class Augmenter {
 public:
  virtual ~Augmenter() = default;

  // Changes one image on its way into a batch. The result depends on (seed, image) alone: several
  // loader threads call it at once, in any order.
  virtual void Change(uint64_t seed, TrainingImage& image) const;

  // Whether it adds images. They are made once, before training, into a folder that is kept under a
  // key of everything that decides them, and opened by every training that uses them.
  virtual bool adds_images() const;
  // Fills the place's folder. Same list, same bytes, also when it was interrupted and goes on from what it
  // left in the work folder. `list` is the model's own, or with AugmenterInfo::shares that of all models.
  virtual void MakeImages(const AugmentedList& list, const MakingPlace& place) const;
  // `list` is the model's own.
  virtual AddedImages OpenImages(const AugmentedList& list, const std::string& folder) const;

  // Whether it mixes the images of batches. Mixed images have no identity: only objectives that
  // classify (ObjectiveInfo::classifies) see them, in the place of the batch itself; all others, and
  // whatever compares with earlier models, see the batch as it was loaded.
  virtual bool mixes_batches() const;
  // How this batch is mixed, if it is. The result depends on (seed, batch) alone. Only places that
  // the batch names may get, or be, another image's partner.
  virtual std::optional<BatchMix> Mix(uint64_t seed, const MixableBatch& batch) const;
};

// A registered augmenter: one file under methods/augmenters, named in methods/CMakeLists.txt.
struct AugmenterInfo {
  std::string name;
  int revision = 0;        // raised whenever the images that it gives can change
  std::string about;       // one line
  std::string source;      // paper and section
  std::string parameters;  // JSON object of all parameters with their defaults
  // Whether the images that it adds are made once, of the training images of all models of a run without
  // their labels, so that old and new models train on the same ones. Otherwise each model's are its own.
  bool shares = false;
  // Reads its parameters (missing ones take the defaults above); throws kConfig for unknown or
  // out-of-range ones.
  std::unique_ptr<Augmenter> (*make)(JsonReader& parameters) = nullptr;
};

// Generated from methods/CMakeLists.txt.
std::vector<const AugmenterInfo*> augmenter_table();

// Throws kConfig with a suggestion.
const AugmenterInfo& FindAugmenter(const std::vector<const AugmenterInfo*>& table,
                                   const std::string& name);
// Fills in defaults, refuses unknown keys, makes the augmenters of a recipe in its order. `where`
// names the recipe in messages.
std::vector<std::unique_ptr<Augmenter>> MakeAugmenters(
    const std::vector<const AugmenterInfo*>& table, const std::vector<AugmenterUse>& uses,
    const std::string& where);

// All of them, one after the other. The first gets the sample's seed itself, each further one a
// stream of its own. The augmenters must outlive the result.
ChangeImage ChainOf(const std::vector<std::unique_ptr<Augmenter>>& augmenters);

}  // namespace bcr
