#include "tests/unit/methods/batch_maker.h"

#include <ATen/ATen.h>

#include "harness/core/random.h"

namespace bcr::testing {

namespace {

constexpr int64_t kBatch = 12;

FloatMatrix RandomMatrix(size_t rows, size_t cols, uint64_t seed) {
  Random random(seed);
  FloatMatrix matrix(rows, cols);
  for (size_t i = 0; i < rows * cols; ++i) matrix.data()[i] = static_cast<float>(random.Normal());
  return matrix;
}

std::vector<int64_t> BatchRows() {
  std::vector<int64_t> rows;
  for (int64_t identity = 0; identity < 4; ++identity) {
    for (int64_t k = 0; k < 3; ++k) rows.push_back(identity * 4 + k);
  }
  return rows;
}

}  // namespace

std::unique_ptr<Scene> MakeScene() {
  auto scene = std::make_unique<Scene>();
  scene->current =
      RandomMatrix(static_cast<size_t>(scene->rows), static_cast<size_t>(scene->width), 1);
  NormalizeRows(scene->current);
  scene->labels.classes = scene->classes;
  for (int64_t i = 0; i < scene->rows; ++i) scene->labels.labels.push_back(i / 4);
  scene->labels.identities = true;
  scene->old_model.class_of = {2, 0, -1, 1, 3, -1};
  scene->old_model.features =
      RandomMatrix(static_cast<size_t>(scene->rows), static_cast<size_t>(scene->old_width), 2);
  scene->old_model.head = RandomMatrix(static_cast<size_t>(scene->old_classes),
                                       static_cast<size_t>(scene->old_width), 3);
  scene->set.rows = scene->rows;
  scene->set.feature_width = static_cast<int>(scene->width);
  scene->set.map_widths = {2, static_cast<int>(scene->width)};
  for (int64_t i = 0; i < scene->rows; ++i) scene->set.cameras.push_back(i % 3);
  scene->set.classes = scene->classes;
  scene->set.old_model = &scene->old_model;
  scene->set.old_models = {&scene->old_model};
  scene->set.seed = 7;
  scene->set.epochs = 10;
  return scene;
}

BatchValues RandomValues(const Scene& scene, uint64_t seed) {
  Random random(seed);
  BatchValues values;
  const int64_t sizes[5] = {kBatch * scene.width, kBatch * scene.width, kBatch * scene.old_width,
                            kBatch * scene.classes, scene.classes * scene.width};
  for (int leaf = 0; leaf < 5; ++leaf) {
    for (int64_t i = 0; i < sizes[leaf]; ++i) values.numbers[leaf].push_back(random.Normal());
  }
  return values;
}

void FillBatch(const Scene& scene, const BatchValues& values, bool with_gradient, Batch& batch) {
  const auto leaf = [&](Leaf which, int64_t rows, int64_t cols) {
    return at::tensor(values.numbers[static_cast<int>(which)], at::kDouble)
        .view({rows, cols})
        .set_requires_grad(with_gradient);
  };
  const std::vector<int64_t> rows = BatchRows();
  std::vector<int64_t> labels;
  std::vector<double> old;
  for (const int64_t row : rows) {
    labels.push_back(scene.labels.labels[static_cast<size_t>(row)]);
    const float* feature = scene.old_model.features.row(static_cast<size_t>(row));
    old.insert(old.end(), feature, feature + scene.old_width);
  }
  batch.rows = rows;
  batch.labels = labels;
  batch.progress = 0.5;
  batch.epoch = 5;
  batch.epoch_progress = 5;
  batch.Set(Slot::kImages, at::zeros({kBatch, 3, 4, 2}, at::kFloat));
  batch.Set(Slot::kBeforeNeck, leaf(Leaf::kBeforeNeck, kBatch, scene.width));
  batch.Set(Slot::kAfterNeck, leaf(Leaf::kAfterNeck, kBatch, scene.width));
  // Maps are made of a leaf, so that gradients through them are checked too.
  const at::Tensor& x = batch[Slot::kBeforeNeck];
  batch.Set(Slot::kInnerMap, x.narrow(1, 0, 4).reshape({kBatch, 2, 1, 2}));
  batch.Set(Slot::kMap, at::stack({x, x.roll(1, 1), x.roll(2, 1)}, 2).unsqueeze(3));
  batch.Set(Slot::kCompatible, leaf(Leaf::kCompatible, kBatch, scene.old_width));
  batch.Set(Slot::kLogits, leaf(Leaf::kLogits, kBatch, scene.classes));
  batch.Set(Slot::kHeadWeight, leaf(Leaf::kHeadWeight, scene.classes, scene.width));
  batch.Set(Slot::kLabels, at::tensor(labels, at::kLong));
  batch.Set(Slot::kValid, batch[Slot::kLabels] >= 0);
  batch.Set(Slot::kOrigin, scene.generated ? (batch[Slot::kLabels] < 0).to(at::kLong)
                                           : at::zeros({kBatch}, at::kLong));
  batch.Set(Slot::kCameras, at::zeros({kBatch}, at::kLong));
  batch.Set(Slot::kDomains, at::zeros({kBatch}, at::kLong));
  batch.Set(Slot::kRows, at::tensor(rows, at::kLong));
  batch.Set(Slot::kOldFeatures, at::tensor(old, at::kDouble).view({kBatch, scene.old_width}));
  Random random(4);
  std::vector<double> teacher;
  for (int64_t i = 0; i < kBatch * scene.classes; ++i) teacher.push_back(random.Normal());
  batch.Set(Slot::kTeacherLogits, at::tensor(teacher, at::kDouble).view({kBatch, scene.classes}));
  std::vector<double> taught;
  for (int64_t i = 0; i < kBatch * scene.width; ++i) taught.push_back(random.Normal());
  batch.Set(Slot::kTeacherFeatures, at::tensor(taught, at::kDouble).view({kBatch, scene.width}));
}

}  // namespace bcr::testing
