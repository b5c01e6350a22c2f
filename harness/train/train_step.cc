#include "harness/train/train_step.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/data/loader.h"
#include "harness/train/batch_filler.h"
#include "harness/train/batch_mixer.h"
#include "harness/train/mean_teacher.h"
#include "harness/train/parts.h"
#include "harness/train/term_means.h"

namespace bcr {

namespace {

// What an objective says of a batch under two labellings, each in its share.
void ComputeMixed(Objective& objective, const MixedBatch& mixed, Terms& terms) {
  Terms own, other;
  objective.Compute(*mixed.own, own);
  objective.Compute(*mixed.other, other);
  const auto blend = [&](const auto& a, const auto& b) {
    return a * mixed.share + b * (1 - mixed.share);
  };
  for (size_t i = 0; i < own.names().size(); ++i)
    terms.Add(own.names()[i], blend(own.value(i), other.value(i)));
  for (size_t i = 0; i < own.measured_names().size(); ++i)
    terms.Log(own.measured_names()[i], blend(own.measured(i), other.measured(i)));
  for (const auto& [name, value] : own.logged())
    terms.Log(name, blend(value, other.logged().at(name)));
}

// The batch that an objective sees, with its earlier model.
Batch& Shown(const ObjectiveInUse& use, const std::vector<StepStudent>& students) {
  const StepStudent& student = students[use.student];
  student.filler.Show(use.old_model, student.batch);
  return student.batch;
}

// A teacher tells its own student, or of two students the other one.
void LetTeachersAnswer(const std::vector<StepStudent>& students) {
  for (size_t i = 0; i < students.size(); ++i) {
    if (students[i].teacher == nullptr) continue;
    students[i].teacher->Answer(students[i].batch, students[students.size() - 1 - i].batch);
  }
}

// The weighted sum of all terms, added up in recipe order; terms and figures go into `means`.
at::Tensor TotalLoss(const StepTools& tools, const MixedBatch& mixed,
                     const std::vector<StepStudent>& students, TermMeans& means) {
  at::Tensor total;
  std::vector<std::string> names, measured_names;
  std::vector<at::Tensor> values, measured;
  for (const ObjectiveInUse& use : tools.objectives) {
    Batch& batch = Shown(use, students);
    Terms terms;
    if (use.classifies && mixed.own) {
      ComputeMixed(*use.objective, mixed, terms);
    } else {
      use.objective->Compute(batch, terms);
    }
    const double weight = use.WeightAt(batch.progress);
    for (size_t i = 0; i < terms.names().size(); ++i) {
      names.push_back(use.name + "." + terms.names()[i]);
      values.push_back(terms.value(i));
      const at::Tensor weighted = terms.value(i) * weight;
      total = total.defined() ? total + weighted : weighted;
    }
    for (size_t i = 0; i < terms.measured_names().size(); ++i) {
      measured_names.push_back(use.name + "." + terms.measured_names()[i]);
      measured.push_back(terms.measured(i));
    }
    for (const auto& [name, value] : terms.logged()) means.AddKnown(use.name + "." + name, value);
  }
  if (!total.defined()) {
    throw Error(ErrorCode::kConfig,
                {"training step", "no objective that gives a term", "a loss to train with", ""});
  }
  if (!total.requires_grad()) {
    throw Error(ErrorCode::kConfig,
                {"training step", "losses that depend on nothing that is trained",
                 "a loss of something that is trained",
                 "While the backbone is frozen, something behind it has to learn."});
  }
  // Terms come first: of several figures that are not finite the first one is reported.
  names.insert(names.end(), measured_names.begin(), measured_names.end());
  values.insert(values.end(), measured.begin(), measured.end());
  names.emplace_back("loss");
  values.push_back(total);
  means.Add(names, values);
  return total;
}

}  // namespace

StepPlace PlaceOf(int64_t batch, int64_t batches, int accumulate, int64_t before) {
  const int64_t first = batch - batch % accumulate;
  const int64_t of = std::min<int64_t>(accumulate, batches - first);
  return {.batch = before + batch, .of = static_cast<int>(of), .last = batch + 1 == first + of};
}

void RunStep(const StepTools& tools, const StepPlace& place,
             const std::vector<StepStudent>& students, TermMeans& means) {
  for (const StepStudent& student : students) {
    student.batch.moves = place.last;
    student.filler.Fill(student.loaded, student.batch);
  }
  for (const ObjectiveInUse& use : tools.objectives) {
    Batch& batch = Shown(use, students);
    use.objective->Transform(batch);
    students[use.student].filler.Keep(batch);
  }
  for (const StepStudent& student : students) student.filler.Derive(student.batch);
  LetTeachersAnswer(students);
  MixedBatch mixed;
  if (tools.mixer.mixes()) {
    const StepStudent& first = students.front();
    mixed = tools.mixer.Mix(first.batch, place.batch, tools.device, first.filler);
  }
  const at::Tensor total = TotalLoss(tools, mixed, students, means);
  tools.parts.ZeroGrad();
  (place.of > 1 ? total / place.of : total).backward();
  for (const ObjectiveInUse& use : tools.objectives)
    use.objective->AfterBackward(Shown(use, students));
  if (place.last) {
    tools.parts.Step(tools.clip_norm);
    for (const StepStudent& student : students)
      if (student.teacher != nullptr) student.teacher->Follow();
  } else {
    tools.parts.KeepGradients();
  }
  for (const ObjectiveInUse& use : tools.objectives) use.objective->AfterStep(Shown(use, students));
}

}  // namespace bcr
