#include "tests/unit/train/toy_job.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "harness/nn/threads.h"

namespace bcr::testing {

ToyJob::ToyJob(int threads) {
  SetTorchThreads(threads);
  job.title = "toy";
  job.images = &images;
  for (int64_t row = 0; row < static_cast<int64_t>(images.size()); ++row) {
    job.rows.push_back(row);
    job.labels.push_back(row / 8);
    job.cameras.push_back(row % 2);
  }
  job.classes = {"0", "1", "2", "3", "4", "5"};
  job.spec.height = 32;
  job.spec.width = 16;
  job.seed = 9;
  job.base.name = "toy";
  job.base.label_source = "ground-truth";
  job.options.epochs = 4;
  job.options.identities_per_batch = 4;
  job.options.images_per_identity = 4;
  job.options.schedule = {3e-3, 1, 0.1, {3}, 0.1};
  job.quiet = true;
}

void ToyJob::AddOldModel(const std::string& name) {
  OldModel old;
  old.name = name;
  old.features = FloatMatrix(images.size(), static_cast<size_t>(BackboneWidth(job.spec.backbone)));
  Random random(4 + job.old_models.size());
  for (size_t i = 0; i < old.features.rows() * old.features.cols(); ++i)
    old.features.data()[i] = static_cast<float>(random.Normal());
  old.class_of = {0, 1, 2, -1, 3, -1};
  job.old_models.push_back(std::move(old));
}

void ExpectEqualWeights(Model& a, Model& b) {
  const auto left = a.State(), right = b.State();
  ASSERT_EQ(left.size(), right.size());
  for (const auto& [name, tensor] : left) EXPECT_TRUE(at::equal(tensor, right.at(name))) << name;
}

}  // namespace bcr::testing
