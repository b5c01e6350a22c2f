#include "methods/generators/dcgan_training.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/interrupt.h"
#include "harness/core/progress.h"
#include "harness/core/random.h"
#include "harness/data/image_store.h"
#include "harness/data/resize.h"
#include "harness/nn/weights.h"
#include "harness/train/augmenter.h"
#include "harness/train/finite_weights.h"
#include "harness/train/optimiser.h"
#include "harness/train/prefixed.h"
#include "harness/train/sealed_tensors.h"
#include "harness/train/upload.h"

namespace bcr {

namespace {

constexpr int kCheckpointRevision = 1;
constexpr int64_t kDrawnAtOnce = 64;

// n x latent, uniform in [-1, 1].
at::Tensor Noise(int64_t count, int64_t latent, Random& random, const std::string& device) {
  std::vector<float> values(static_cast<size_t>(count * latent));
  for (float& value : values) value = static_cast<float>(random.Uniform(-1, 1));
  return Upload(std::move(values), device).view({count, latent});
}

// An image of the store at the generator's size, H x W x 3 bytes.
std::vector<uint8_t> Sized(const ImageStore& images, size_t row, const DcganShape& shape) {
  const int height = static_cast<int>(shape.image_height),
            width = static_cast<int>(shape.image_width);
  DecodedImage image{images.height(), images.width(), {}};
  const uint8_t* pixels = images.pixels(row);
  image.rgb.assign(pixels, pixels + static_cast<size_t>(image.height) * image.width * 3);
  if (image.height == height && image.width == width) return image.rgb;
  std::vector<uint8_t> sized(static_cast<size_t>(height) * width * 3);
  ResizeImage(image, height, width, sized.data());
  return sized;
}

// What an epoch's losses sum up to, on the device.
struct Sums {
  at::Tensor values;  // discriminator, generator, D(real), D(made)
  void Add(const at::Tensor& discriminator, const at::Tensor& generator, const at::Tensor& real,
           const at::Tensor& made) {
    const at::Tensor now =
        at::stack({discriminator.detach(), generator.detach(), real.detach().sigmoid().mean(),
                   made.detach().sigmoid().mean()});
    values = values.defined() ? values + now : now;
  }
};

class Trainer {
 public:
  Trainer(const ImageStore& images, const DcganTraining& how, uint64_t seed,
          const MakingPlace& place, Dcgan& networks)
      : images_(images),
        how_(how),
        seed_(seed),
        place_(place),
        networks_(networks),
        batch_(std::min<size_t>(static_cast<size_t>(how.batch), images.size())),
        generator_(Optimise(networks.GeneratorParameters())),
        discriminator_(Optimise(networks.DiscriminatorParameters())) {
    if (images.size() < 2) {
      throw Error(ErrorCode::kConfig, {place.title, std::to_string(images.size()) + " images",
                                       "at least two to learn from", ""});
    }
  }

  Json Run() {
    Resume();
    const size_t steps = images_.size() / batch_;
    Progress progress(place_.title, static_cast<int64_t>(steps * batch_) * how_.epochs, "images",
                      place_.quiet);
    progress.Update(static_cast<int64_t>(steps * batch_ * history_.size()));
    while (static_cast<int>(history_.size()) < how_.epochs) {
      const int epoch = static_cast<int>(history_.size());
      RunEpoch(epoch, steps, progress);
      RequireFiniteWeights(networks_.State(), place_.title, epoch);
      Save();
      ThrowIfInterrupted();
    }
    return history_;
  }

 private:
  std::unique_ptr<Optimiser> Optimise(const std::vector<at::Tensor>& parameters) const {
    OptimiserChoice choice;
    choice.momentum = how_.first_beta;
    choice.second_beta = how_.second_beta;
    auto optimiser = NewOptimiser(choice);
    optimiser->SetParameters(parameters);
    optimiser->SetRate(how_.rate);
    return optimiser;
  }

  Random Stream(const char* name, int epoch) const {
    return Random(DeriveSeed(DeriveSeed(seed_, name), static_cast<uint64_t>(epoch)));
  }

  void RunEpoch(int epoch, size_t steps, Progress& progress) {
    std::vector<size_t> order(images_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    Stream("order", epoch).Shuffle(order);
    Random noise = Stream("noise", epoch), flips = Stream("flips", epoch);
    Sums sums;
    for (size_t step = 0; step < steps; ++step) {
      const std::vector<size_t> rows(
          order.begin() + static_cast<std::ptrdiff_t>(step * batch_),
          order.begin() + static_cast<std::ptrdiff_t>((step + 1) * batch_));
      Step(Real(rows, flips),
           Noise(static_cast<int64_t>(batch_), networks_.shape().latent, noise, place_.device),
           sums);
      progress.Update(static_cast<int64_t>((epoch * steps + step + 1) * batch_),
                      fmt::format("epoch {}/{}", epoch + 1, how_.epochs));
      if (Interrupted()) ThrowIfInterrupted();
    }
    Note(epoch, sums.values.cpu() / static_cast<double>(steps));
  }

  at::Tensor Real(const std::vector<size_t>& rows, Random& flips) const {
    const DcganShape& shape = networks_.shape();
    const int64_t size = shape.image_height * shape.image_width;
    std::vector<float> planes(rows.size() * static_cast<size_t>(3 * size));
    float* out = planes.data();
    for (const size_t row : rows) {
      const std::vector<uint8_t> rgb = Sized(images_, row, shape);
      const bool mirror = flips.Chance(how_.flip);
      for (int64_t i = 0; i < size; ++i) {
        const int64_t column = i % shape.image_width;
        const int64_t from = mirror ? i - column + shape.image_width - 1 - column : i;
        for (int64_t channel = 0; channel < 3; ++channel)
          out[channel * size + i] =
              static_cast<float>(rgb[static_cast<size_t>(3 * from + channel)]) / 127.5F - 1;
      }
      out += 3 * size;
    }
    return UploadImages(std::move(planes), shape.image_height, shape.image_width, place_.device);
  }

  void Step(const at::Tensor& real, const at::Tensor& noise, Sums& sums) {
    at::Tensor made;
    {
      const at::NoGradGuard no_grad;
      made = networks_.Generate(noise, true);
    }
    discriminator_->ZeroGrad();
    const at::Tensor of_real = networks_.Judge(real, true);
    const at::Tensor of_made = networks_.Judge(made, true);
    const at::Tensor wrong = DiscriminatorLoss(of_real, of_made);
    wrong.backward();
    discriminator_->Step();

    LetDiscriminatorLearn(false);
    at::Tensor seen_through;
    for (int step = 0; step < how_.generator_steps; ++step) {
      generator_->ZeroGrad();
      seen_through = GeneratorLoss(networks_.Judge(networks_.Generate(noise, true), true));
      seen_through.backward();
      generator_->Step();
    }
    LetDiscriminatorLearn(true);
    sums.Add(wrong, seen_through, of_real, of_made);
  }

  // The generator's steps need no gradient of its weights.
  void LetDiscriminatorLearn(bool learn) {
    for (const at::Tensor& parameter : networks_.DiscriminatorParameters())
      parameter.set_requires_grad(learn);
  }

  void Note(int epoch, const at::Tensor& means) {
    const auto at = [&](int64_t i) { return means[i].item<double>(); };
    for (int64_t i = 0; i < 4; ++i) {
      if (std::isfinite(at(i))) continue;
      throw Error(ErrorCode::kTraining, {fmt::format("{}, epoch {}", place_.title, epoch + 1),
                                         "a loss that is not finite", "finite losses",
                                         "Lower its learning rate: --set dcgan.lr=..."});
    }
    history_.push_back({{"epoch", epoch + 1},
                        {"discriminator", at(0)},
                        {"generator", at(1)},
                        {"real_taken_for_real", at(2)},
                        {"made_taken_for_real", at(3)}});
  }

  std::string CheckpointFile() const {
    return JoinPath(place_.work_folder, "checkpoint.safetensors");
  }

  // Everything that learns or remembers, by name; the tensors themselves.
  std::map<std::string, at::Tensor> Memory() const {
    std::map<std::string, at::Tensor> all = networks_.State(), moved;
    generator_->Save(moved);
    AddPrefixed(all, "optimiser.generator.", moved);
    moved.clear();
    discriminator_->Save(moved);
    AddPrefixed(all, "optimiser.discriminator.", moved);
    return all;
  }

  void Save() const {
    if (place_.work_folder.empty()) return;
    std::map<std::string, at::Tensor> all = Memory();
    all["meta"] =
        TextTensor(DumpJsonCompact({{"revision", kCheckpointRevision}, {"history", history_}}));
    SealTensors(all);
    MakeFolders(place_.work_folder);
    WriteSafetensors(CheckpointFile(), all, {{"format", "bcreid generator checkpoint"}});
  }

  // A checkpoint that is damaged is told and passed over, one of another version is passed over.
  void Resume() {
    if (place_.work_folder.empty() || !FileExists(CheckpointFile())) return;
    try {
      const std::map<std::string, at::Tensor> all = ReadSealed(CheckpointFile());
      const auto text = all.find("meta");
      const Json meta =
          text == all.end() ? Json() : ParseJson(TensorText(text->second), CheckpointFile());
      if (!meta.is_object() || meta.value("revision", 0) != kCheckpointRevision) return;
      const std::map<std::string, at::Tensor> memory = Memory();
      for (const auto& [name, tensor] : memory) {
        if (!all.contains(name) || all.at(name).sizes() != tensor.sizes()) return;
      }
      const at::NoGradGuard no_grad;
      for (const auto& [name, tensor] : memory) tensor.copy_(all.at(name));
      history_ = meta.at("history");
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kInterrupted) throw;
      return Say(
          fmt::format("damaged: {} {}: the training starts anew", error.what(), place_.title));
    }
    Say(fmt::format("{}: resuming after epoch {} of {}", place_.title, history_.size(),
                    how_.epochs),
        place_.quiet);
  }

  const ImageStore& images_;
  const DcganTraining& how_;
  const uint64_t seed_;
  const MakingPlace& place_;
  Dcgan& networks_;
  const size_t batch_;
  const std::unique_ptr<Optimiser> generator_, discriminator_;
  Json history_ = Json::array();
};

}  // namespace

Json TrainDcgan(const ImageStore& images, const DcganTraining& how, uint64_t seed,
                const MakingPlace& place, Dcgan& networks) {
  networks.MoveTo(place.device);
  return Trainer(images, how, seed, place, networks).Run();
}

void SaveDcgan(const Dcgan& networks, const std::string& file) {
  WriteSafetensors(file, networks.State(), {{"format", "bcreid dcgan"}});
}

void DrawImages(const Dcgan& networks, int64_t count, uint64_t seed, int height, int width,
                const std::string& device,
                const std::function<void(const std::vector<uint8_t>& rgb)>& take) {
  const at::NoGradGuard no_grad;
  const DcganShape& shape = networks.shape();
  DecodedImage image{static_cast<int>(shape.image_height), static_cast<int>(shape.image_width), {}};
  std::vector<uint8_t> sized(static_cast<size_t>(height) * width * 3);
  for (int64_t first = 0; first < count; first += kDrawnAtOnce) {
    std::vector<at::Tensor> noise;
    for (int64_t i = first; i < std::min(count, first + kDrawnAtOnce); ++i) {
      Random random(DeriveSeed(seed, static_cast<uint64_t>(i)));
      noise.push_back(Noise(1, shape.latent, random, device));
    }
    const at::Tensor made = networks.Generate(at::cat(noise), false);
    const at::Tensor bytes =
        ((made + 1) * 127.5).round().clamp(0, 255).to(at::kByte).permute({0, 2, 3, 1}).cpu();
    const at::Tensor rows = bytes.contiguous();
    const int64_t size = 3 * shape.image_height * shape.image_width;
    for (int64_t i = 0; i < rows.size(0); ++i) {
      const uint8_t* pixels = rows.const_data_ptr<uint8_t>() + i * size;
      image.rgb.assign(pixels, pixels + size);
      if (image.height == height && image.width == width) {
        take(image.rgb);
      } else {
        ResizeImage(image, height, width, sized.data());
        take(sized);
      }
    }
    ThrowIfInterrupted();
  }
}

}  // namespace bcr
