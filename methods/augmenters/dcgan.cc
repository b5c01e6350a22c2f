// Generated images beside the training list: a DCGAN is trained on the training images of all models of the
// run, without their labels; `count` images are drawn of it once and kept, and `per_batch` of them are added
// to every batch, without an identity. Old and new models that use it train on the same ones. What a batch
// says of them is an objective's matter (`virtual-labels`, `rank-distillation`): the others see label -1.
// Defaults are those of layumi/DCGAN-tensorflow (read), to which the authors of LSRO and MpRL point: `layout`
// fork (lsro: as those papers' texts describe it; generators/dcgan.h), `channels` 64, `latent` 100, `epochs` 25,
// `batch` 64, `lr` 2e-4, `beta1` 0.5, `generator_steps` 2; `beta2` 0.999 is TensorFlow's (the papers' text
// says 0.99). `flip` 0.5 and `count` 24,000 are the papers'. `height` and `width` 0: those of the
// training list, which must be multiples of 16 (lsro: 32); else the generator's own (the papers': 128 and
// 128), and what it makes is resized to the list's.
// `per_batch` 118 is the papers' share, 24,000 generated to 12,936 real images in one shuffled pool, beside a
// batch of 64 real ones; 0 adds none.
// Radford, Metz, Chintala, ICLR 2016, arXiv:1511.06434; Zheng, Zheng, Yang, ICCV 2017, arXiv:1701.07717.
#include "methods/generators/dcgan.h"

#include <nlohmann/json.hpp>

#include "harness/core/files.h"
#include "harness/core/json.h"
#include "harness/core/new_file.h"
#include "harness/core/random.h"
#include "harness/data/contact_sheet.h"
#include "harness/nn/torch_edge.h"
#include "harness/train/augmenter.h"
#include "methods/generators/dcgan_training.h"
#include "methods/generators/made_images.h"

namespace bcr {
namespace {

class DcganImages : public Augmenter {
 public:
  DcganImages(DcganShape shape, DcganTraining how, int64_t count, int per_batch)
      : shape_(std::move(shape)), how_(how), count_(count), per_batch_(per_batch) {}

  bool adds_images() const override { return per_batch_ > 0; }

  void MakeImages(const AugmentedList& list, const MakingPlace& place) const override {
    DcganShape shape = shape_;
    if (shape.image_height == 0) shape.image_height = list.images->height();
    if (shape.image_width == 0) shape.image_width = list.images->width();
    CheckShape(shape, "augmenter dcgan");
    TranslateTorch(
        [&] {
          Dcgan networks(shape, DeriveSeed(list.seed, "weights"));
          const Json history =
              TrainDcgan(*list.images, how_, DeriveSeed(list.seed, "training"), place, networks);
          Keep(list, place, history, networks);
        },
        place.title);
  }

  AddedImages OpenImages(const AugmentedList& list, const std::string& folder) const override {
    AddedImages added;
    added.images = OpenMadeImages(folder, "dcgan", list.images->height(), list.images->width());
    added.labels.assign(added.images->size(), -1);
    added.origins.assign(added.images->size(), 1);
    added.per_batch = per_batch_;
    return added;
  }

 private:
  void Keep(const AugmentedList& list, const MakingPlace& place, const Json& history,
            const Dcgan& networks) const {
    const int height = list.images->height(), width = list.images->width();
    WriteFileAtomic(JoinPath(place.folder, kMadeImagesFile), [&](const std::string& path) {
      NewFile file(path, JoinPath(place.folder, kMadeImagesFile));
      DrawImages(networks, count_, DeriveSeed(list.seed, "images"), height, width, place.device,
                 [&](const std::vector<uint8_t>& rgb) { file.Append(rgb.data(), rgb.size()); });
    });
    WriteFileAtomic(JoinPath(place.folder, "images.png"),
                    SheetOfFirst(*OpenMadeImages(place.folder, "dcgan", height, width)));
    SaveDcgan(networks, JoinPath(place.folder, "networks.safetensors"));
    WriteFileAtomic(JoinPath(place.folder, "training.json"),
                    DumpJson({{"images", list.images->size()}, {"history", history}}));
  }

  DcganShape shape_;
  DcganTraining how_;
  int64_t count_;
  int per_batch_;
};

std::unique_ptr<Augmenter> Make(JsonReader& reader) {
  DcganShape shape;
  shape.layout = reader.Choice("layout", {"fork", "lsro"});
  shape.channels = reader.Integer("channels", 1, 1024);
  shape.latent = reader.Integer("latent", 1, 100'000);
  shape.image_height = reader.Integer("height", 0, 4096);
  shape.image_width = reader.Integer("width", 0, 4096);
  DcganTraining how;
  how.epochs = static_cast<int>(reader.Integer("epochs", 1, 100'000));
  how.batch = static_cast<int>(reader.Integer("batch", 2, 65'536));
  how.generator_steps = static_cast<int>(reader.Integer("generator_steps", 1, 100));
  how.rate = reader.Number("lr", 0.0, 1.0);
  how.first_beta = reader.Number("beta1", 0.0, 0.9999);
  how.second_beta = reader.Number("beta2", 0.0, 0.999999);
  how.flip = reader.Number("flip", 0, 1);
  const int64_t count = reader.Integer("count", 1, 10'000'000);
  return std::make_unique<DcganImages>(std::move(shape), how, count,
                                       static_cast<int>(reader.Integer("per_batch", 0, 65'536)));
}

}  // namespace

const AugmenterInfo& augmenter_dcgan() {
  static const AugmenterInfo info = {
      .name = "dcgan",
      .revision = 1,
      .about = "Adds images that a DCGAN makes, which is trained on the run's training images",
      .source = "Radford et al., ICLR 2016, as in the code of Zheng et al., ICCV 2017 (LSRO)",
      .parameters =
          R"({"layout": "fork", "channels": 64, "latent": 100, "height": 0, "width": 0,
              "epochs": 25, "batch": 64, "lr": 0.0002, "beta1": 0.5, "beta2": 0.999,
              "generator_steps": 2, "flip": 0.5, "count": 24000, "per_batch": 118})",
      .shares = true,
      .make = &Make};
  return info;
}

}  // namespace bcr
