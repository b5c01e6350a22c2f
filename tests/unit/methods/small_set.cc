#include "tests/unit/methods/small_set.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "methods/support/tensor_ops.h"
#include "tests/unit/methods/pair_batch.h"

namespace bcr::testing {

SmallSet::SmallSet(const std::vector<std::vector<float>>& rows,
                   const std::vector<int64_t>& classes) {
  old.features = FloatMatrix(rows.size(), rows.front().size());
  for (size_t i = 0; i < rows.size(); ++i)
    std::copy(rows[i].begin(), rows[i].end(), old.features.row(i));
  labels.labels = classes;
  labels.classes = *std::max_element(classes.begin(), classes.end()) + 1;
  labels.identities = true;
  old.class_of.assign(static_cast<size_t>(labels.classes), -1);
  set.rows = static_cast<int64_t>(rows.size());
  set.classes = labels.classes;
  set.feature_width = static_cast<int>(rows.front().size());
  set.cameras.assign(rows.size(), 0);
  set.epochs = 10;
  set.seed = 7;
}

std::unique_ptr<Objective> SmallSet::Make(const std::string& name, const Json& parameters) const {
  auto objective = MakeNamed(name, parameters);
  TrainingSet bound = set;
  bound.old_model = &old;
  bound.old_models = {&old};
  objective->Prepare(bound);
  objective->OnLabels(labels);
  return objective;
}

void SmallSet::Fill(const std::vector<int64_t>& rows, const std::vector<double>& fresh,
                    Batch& batch) const {
  const auto width = static_cast<int64_t>(old.features.cols());
  const at::Tensor given = FromMatrix(old.features).to(at::kDouble);
  std::vector<int64_t> of_rows;
  for (const int64_t row : rows) of_rows.push_back(labels.labels[static_cast<size_t>(row)]);
  FillPairs(Rows(fresh, width), given.index_select(0, at::tensor(rows, at::kLong)), of_rows, batch,
            rows);
}

}  // namespace bcr::testing
