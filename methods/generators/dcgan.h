#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace bcr {

// The two networks of a DCGAN for images of H x W, from noise z of `latent` numbers in [-1, 1]. All
// convolutions are 5x5; those that change the size are of stride 2; `channels` is w below. Batch
// normalisation everywhere but at the image and behind the discriminator's first convolution; ReLU in the
// generator, LeakyReLU 0.2 in the discriminator.
//   fork  layumi/DCGAN-tensorflow, to which LSRO's and MpRL's authors point (read). Four sizes:
//         G: linear to H/16 x W/16 x 8w, then 4w, 2w, w, 3 channels, tanh
//         D: w, 2w, 4w, 8w channels, linear to one logit
//   lsro  as LSRO's and MpRL's texts describe it. Five sizes:
//         G: linear to H/32 x W/32 x 16, then 8w, 4w, 2w, w, w channels, one convolution of stride 1 to 3, tanh
//         D: w, 2w, 4w, 8w, 8w channels, linear to one logit
//         The numbers of channels between are not public: these are this project's.
// Weights begin as N(0, 0.02), those of the discriminator's convolutions within two deviations; biases as 0.
struct DcganShape {
  std::string layout = "fork";
  int64_t channels = 64, latent = 100;
  int64_t image_height = 128, image_width = 128;
};

// Throws kConfig, in the name of `where`, for a height or width that the layout cannot make: it must be a
// multiple of 16 (fork) or 32 (lsro).
void CheckShape(const DcganShape& shape, const std::string& where);

class Dcgan {
 public:
  // REQUIRES: CheckShape accepts it. Each tensor is drawn from a stream of its own.
  Dcgan(const DcganShape& shape, uint64_t seed);
  ~Dcgan();
  // n x latent to n x 3 x H x W in [-1, 1]. Training uses the batch's statistics, and moves the running
  // ones.
  at::Tensor Generate(const at::Tensor& noise, bool training) const;
  // n x 3 x H x W to n logits: above 0 where it takes an image for a real one.
  at::Tensor Judge(const at::Tensor& images, bool training) const;

  std::vector<at::Tensor> GeneratorParameters() const;
  std::vector<at::Tensor> DiscriminatorParameters() const;
  // Parameters and statistics by name, "generator...." and "discriminator....".
  std::map<std::string, at::Tensor> State() const;
  void MoveTo(const std::string& device);
  const DcganShape& shape() const;

 private:
  struct Networks;
  std::unique_ptr<Networks> networks_;
};

// Of logits (n each): how wrong the discriminator is, mean BCE(real, 1) + mean BCE(made, 0), and the
// generator, mean BCE(made, 1), in the non-saturating form.
at::Tensor DiscriminatorLoss(const at::Tensor& real, const at::Tensor& made);
at::Tensor GeneratorLoss(const at::Tensor& made);

}  // namespace bcr
