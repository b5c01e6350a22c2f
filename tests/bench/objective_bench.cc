// Milliseconds of the compatibility terms of each method in one training step (values and gradients
// to the features and the head), beside the step of a ResNet-50 at 256x128.
//
//   objective_bench [--rows N] [--width D] [--classes C] [--threads T] [--no-network] [METHOD...]
//
// B = 64 (16 identities x 4 images), random features of C identities in N images. Before a method is
// timed, its loss in float32 is compared with that in float64; a difference ends the run with exit
// code 1. The best of five rounds counts. One line of a markdown table a method: what is done once
// for a labelling, a step, and the step's share of the network's.
#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/core/embedded.h"
#include "harness/core/json.h"
#include "harness/core/random.h"
#include "harness/nn/model.h"
#include "harness/nn/threads.h"
#include "harness/train/objective.h"
#include "harness/train/recipe.h"

namespace bcr {

namespace embedded {
const std::vector<EmbeddedFile>& recipes();
}

namespace {

constexpr int64_t kIdentities = 16, kImages = 4, kBatch = kIdentities * kImages;

struct Sizes {
  int64_t rows = 12'492, width = 2048, classes = 1041;
  int threads = 2;
  bool network = true;
};

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

FloatMatrix RandomMatrix(int64_t rows, int64_t cols, uint64_t seed) {
  Random random(seed);
  FloatMatrix matrix(static_cast<size_t>(rows), static_cast<size_t>(cols));
  for (size_t i = 0; i < matrix.rows() * matrix.cols(); ++i)
    matrix.data()[i] = static_cast<float>(random.Normal());
  return matrix;
}

// Old features that gather around their identity, as those of a trained model do.
FloatMatrix OldFeatures(const Sizes& sizes) {
  FloatMatrix rows = RandomMatrix(sizes.rows, sizes.width, 1);
  const FloatMatrix centres = RandomMatrix(sizes.classes, sizes.width, 2);
  for (size_t i = 0; i < rows.rows(); ++i) {
    const float* const centre = centres.row(i % centres.rows());
    for (size_t k = 0; k < rows.cols(); ++k) rows.row(i)[k] += centre[k];
  }
  return rows;
}

// The training set and one batch of it.
struct Scene {
  explicit Scene(const Sizes& sizes) : width(sizes.width) {
    labels.classes = sizes.classes;
    labels.identities = true;
    old.features = OldFeatures(sizes);
    old.head = RandomMatrix(sizes.classes / 2, sizes.width, 3);
    for (int64_t i = 0; i < sizes.rows; ++i) {
      labels.labels.push_back(i % sizes.classes);
      set.cameras.push_back(i % 6);
    }
    for (int64_t k = 0; k < sizes.classes; ++k)
      old.class_of.push_back(k < sizes.classes / 2 ? k : -1);
    set.rows = sizes.rows;
    set.classes = sizes.classes;
    set.feature_width = static_cast<int>(sizes.width);
    set.old_model = &old;
    set.old_models = {&old};
    set.seed = 7;
    set.epochs = 60;
    for (int64_t identity = 0; identity < kIdentities; ++identity) {
      for (int64_t k = 0; k < kImages; ++k)
        batch_rows.push_back(identity * (sizes.classes / kIdentities) + k * sizes.classes);
    }
    NormalizeRows(current = RandomMatrix(sizes.rows, sizes.width, 4));
  }

  std::vector<at::Tensor> Fill(at::ScalarType type, Batch& batch) const {
    at::manual_seed(5);
    const at::Tensor rows = at::tensor(batch_rows, at::kLong);
    const at::Tensor all =
        at::from_blob(const_cast<float*>(old.features.data()), {set.rows, width}, at::kFloat);
    const auto leaf = [&](int64_t count, int64_t cols) {
      return at::randn({count, cols}, at::kDouble).to(type).set_requires_grad(true);
    };
    std::vector<at::Tensor> leaves = {leaf(kBatch, width), leaf(kBatch, width), leaf(kBatch, width),
                                      leaf(labels.classes, width), leaf(kBatch, labels.classes)};
    batch.rows = batch_rows;
    for (const int64_t row : batch_rows)
      batch.labels.push_back(labels.labels[static_cast<size_t>(row)]);
    batch.progress = 0.5;
    batch.epoch = 30;
    batch.epoch_progress = 30;
    batch.Set(Slot::kBeforeNeck, leaves[0]);
    batch.Set(Slot::kAfterNeck, leaves[1]);
    batch.Set(Slot::kCompatible, leaves[2]);
    batch.Set(Slot::kHeadWeight, leaves[3]);
    batch.Set(Slot::kLogits, leaves[4]);
    batch.Set(Slot::kLabels, at::tensor(batch.labels, at::kLong));
    batch.Set(Slot::kValid, batch[Slot::kLabels] >= 0);
    batch.Set(Slot::kOrigin, at::zeros({kBatch}, at::kLong));
    batch.Set(Slot::kCameras, at::zeros({kBatch}, at::kLong));
    batch.Set(Slot::kDomains, at::zeros({kBatch}, at::kLong));
    batch.Set(Slot::kRows, rows);
    batch.Set(Slot::kOldFeatures, all.index_select(0, rows).to(type));
    batch.Set(Slot::kTeacherLogits, at::randn({kBatch, labels.classes}, at::kDouble).to(type));
    batch.Set(Slot::kTeacherFeatures, at::randn_like(leaves[0]).detach());
    return leaves;
  }

  int64_t width;
  LabelSet labels;
  OldModel old;
  TrainingSet set;
  std::vector<int64_t> batch_rows;
  FloatMatrix current;
};

// The objectives of one method, ready for a step.
class MethodTerms {
 public:
  MethodTerms(const MethodRecipe& recipe, const Scene& scene) {
    for (const ObjectiveUse& use : recipe.objectives) {
      weights_.push_back(use.weight);
      objectives_.push_back(MakeObjective(FindObjective(objective_table(), use.objective),
                                          ParseJson(use.parameters, recipe.name), recipe.name));
    }
    for (const auto& objective : objectives_) {
      objective->Prepare(scene.set);
      objective->OnLabels(scene.labels);
      objective->BeginEpoch({.epoch = 30,
                             .features = [&]() -> const FloatMatrix& { return scene.current; },
                             .features_of = [&](const std::string&) -> const FloatMatrix& {
                               return scene.old.features;
                             }});
    }
  }

  // Value and gradients, as a step of the trainer computes them.
  double Step(const Scene& scene, at::ScalarType type) {
    Batch batch;
    const std::vector<at::Tensor> leaves = scene.Fill(type, batch);
    const double start = Now();
    for (const auto& objective : objectives_) objective->Transform(batch);
    at::Tensor loss = at::zeros({}, type);
    for (size_t i = 0; i < objectives_.size(); ++i) {
      Terms terms;
      objectives_[i]->Compute(batch, terms);
      for (size_t t = 0; t < terms.names().size(); ++t) loss = loss + terms.value(t) * weights_[i];
    }
    if (loss.requires_grad()) loss.backward();
    for (const auto& objective : objectives_) {
      objective->AfterBackward(batch);
      objective->AfterStep(batch);
    }
    seconds_ = Now() - start;
    return loss.item<double>();
  }
  double seconds() const { return seconds_; }

 private:
  std::vector<double> weights_;
  std::vector<std::unique_ptr<Objective>> objectives_;
  double seconds_ = 0;
};

double NetworkStep(int64_t width) {
  ModelSpec spec;
  spec.backbone = "resnet50";
  spec.height = 256;
  spec.width = 128;
  spec.classes = 1041;
  const auto model = Model::Make(spec, 1);
  model->SetTraining(true);
  const at::Tensor images = at::randn({kBatch, 3, 256, 128});
  const at::Tensor labels = at::randint(spec.classes, {kBatch}, at::kLong);
  double best = INFINITY;
  for (int round = 0; round < 2; ++round) {
    const double start = Now();
    at::Tensor logits;
    model->Forward(images, nullptr, nullptr, &logits);
    at::cross_entropy_loss(logits, labels).backward();
    best = std::min(best, Now() - start);
  }
  std::printf(
      "A step of resnet50, 64 images of 256x128, forward and backward: %.2f s; width %d.\n\n", best,
      static_cast<int>(width));
  return best;
}

bool Time(const MethodRecipe& recipe, const Scene& scene, double network) {
  const double start = Now();
  MethodTerms terms(recipe, scene);
  const double prepared = Now() - start;
  const double single = terms.Step(scene, at::kFloat);
  const double twice = MethodTerms(recipe, scene).Step(scene, at::kDouble);
  if (!(std::abs(single - twice) <= 1e-3 * std::max(1.0, std::abs(twice)))) {
    std::fprintf(stderr, "%s: the loss is %.6g in float32 and %.6g in float64\n",
                 recipe.name.c_str(), single, twice);
    return false;
  }
  double best = INFINITY;
  for (int round = 0; round < 5; ++round) {
    terms.Step(scene, at::kFloat);
    best = std::min(best, terms.seconds());
  }
  std::printf("| `%s` | %.2f | %.1f |", recipe.name.c_str(), prepared, 1000 * best);
  if (network > 0) std::printf(" %.2f %% |", 100 * best / network);
  std::printf("\n");
  std::fflush(stdout);
  return true;
}

int Run(const Sizes& sizes, const std::vector<std::string>& wanted) {
  SetTorchThreads(sizes.threads);
  const double network = sizes.network ? NetworkStep(sizes.width) : 0;
  const Scene scene(sizes);
  std::printf("| method | labels, s | step, ms |%s\n|---|---|---|%s\n",
              network > 0 ? " of the network's |" : "", network > 0 ? "---|" : "");
  bool right = true;
  for (const EmbeddedFile& file : embedded::recipes()) {
    const MethodRecipe recipe = ParseMethodRecipe(file.text, std::string(file.name));
    const bool asked = wanted.empty() || std::count(wanted.begin(), wanted.end(), recipe.name) > 0;
    if (!asked || recipe.objectives.empty()) continue;
    right = Time(recipe, scene, network) && right;
  }
  return right ? 0 : 1;
}

}  // namespace
}  // namespace bcr

int main(int argc, char** argv) {
  bcr::Sizes sizes;
  std::vector<std::string> wanted;
  for (int i = 1; i < argc; ++i) {
    const bool value = i + 1 < argc;
    if (value && std::strcmp(argv[i], "--rows") == 0) {
      sizes.rows = std::atol(argv[++i]);
    } else if (value && std::strcmp(argv[i], "--width") == 0) {
      sizes.width = std::atol(argv[++i]);
    } else if (value && std::strcmp(argv[i], "--classes") == 0) {
      sizes.classes = std::atol(argv[++i]);
    } else if (value && std::strcmp(argv[i], "--threads") == 0) {
      sizes.threads = std::atoi(argv[++i]);
    } else if (std::strcmp(argv[i], "--no-network") == 0) {
      sizes.network = false;
    } else if (argv[i][0] == '-') {
      std::fprintf(stderr,
                   "usage: objective_bench [--rows N] [--width D] [--classes C] [--threads T] "
                   "[--no-network] [METHOD...]\n");
      return 2;
    } else {
      wanted.emplace_back(argv[i]);
    }
  }
  return bcr::Run(sizes, wanted);
}
