#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "methods/generators/dcgan.h"

namespace bcr {

class ImageStore;
struct MakingPlace;

// How the two networks of a DCGAN learn. Defaults: layumi/DCGAN-tensorflow (read), on which LSRO's and MpRL's
// authors' code rests.
struct DcganTraining {
  int epochs = 25, batch = 64;
  int generator_steps = 2;  // for each step of the discriminator, on the same noise
  double rate = 2e-4, first_beta = 0.5, second_beta = 0.999;  // Adam's
  double flip = 0.5;  // probability that an image is mirrored (LSRO's text)
};

// Trains both networks on all images of the store, brought to the size that the generator makes. Each epoch
// leaves out what does not fill a batch; fewer images than one batch are one. With a work folder there is a
// checkpoint after every epoch, from which an interrupted training goes on to the same bytes. Returns one
// object an epoch: losses, mean probabilities that the discriminator gives to real and made images. Throws
// kConfig for fewer than two images, kTraining for figures that are not finite, kInterrupted.
Json TrainDcgan(const ImageStore& images, const DcganTraining& how, uint64_t seed,
                const MakingPlace& place, Dcgan& networks);

// Both networks as a safetensors file, by the names of Dcgan::State.
void SaveDcgan(const Dcgan& networks, const std::string& file);

// `count` images by the generator as it is (running statistics), each of noise of its own: image i depends on
// (seed, i) alone, up to the last bit of a batch's arithmetic. Rows of height x width x 3 bytes, resized from
// what the generator makes, are handed to `take` in their order.
void DrawImages(const Dcgan& networks, int64_t count, uint64_t seed, int height, int width,
                const std::string& device,
                const std::function<void(const std::vector<uint8_t>& rgb)>& take);

}  // namespace bcr
