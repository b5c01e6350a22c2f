#pragma once

#include <memory>
#include <string>

namespace at {
class Tensor;
}

namespace bcr {

struct LabelSet;
struct OldModel;
class Terms;

// What an old model's own head (C_o x d_o) says of features (B x d_o), as it was trained
// (OldModel::head_scale): W_o f where `cosine_scale` is 0, else that times the cosines. B x C_o.
at::Tensor OwnHeadLogits(const at::Tensor& head, double cosine_scale, const at::Tensor& features);

// The old model's own head on the device, C_o x d_o. Throws kConfig naming the objective where it has
// none for the features that are scored.
at::Tensor TakeOwnHead(const OldModel& old, const std::string& device,
                       const std::string& objective);

// A frozen classifier in the old model's space.
//   old-head:   the logits that the old model was trained by, of W_o (C_o x d_o) as it learned it:
//               W_o f of features as they are for a linear softmax, s <f^, w^_k> where a softmax over
//               cosines times s trained it (OldModel::head_scale). No margin: it helps to learn a
//               head, and is no part of what the head says
//   synth-head: logits scale * <f^, c^_k>, c^_k the unit mean of the old unit features of class k
//               under the current labels; a class without such a mean has the logit -infinity
//   raw-means:  logits <f, m_k>, m_k the mean of the old features of class k, both as they are
//   whole-head: old-head, with a row for each class: those that the old model does not know have the
//               mean of their old features, in the mean length of W_o's rows (of no matter for cosines)
//   auto:       old-head where the old model has a head for the features that are scored and knows
//               any of the identities, otherwise synth-head; auto-whole: likewise with whole-head
class OldHead {
 public:
  OldHead(std::string form, double scale);
  ~OldHead();
  // To be called with every new labelling. Throws kConfig, in the name of `who`, where the form is
  // old-head or whole-head and there is none, or the old model knows none of the identities.
  void OnLabels(const OldModel& old, const LabelSet& labels, const std::string& device,
                const std::string& who);
  at::Tensor Logits(const at::Tensor& features) const;  // B x d_o to B x K
  // Labels (B int64) to the rows of this head, -1 for label -1 and for what the head has no row of.
  at::Tensor Targets(const at::Tensor& labels) const;
  // Cross-entropy of logits (B x K or more columns), mean over the rows with a target, as a term
  // named after the form; logs the share of these rows.
  void AddLoss(const at::Tensor& logits, const at::Tensor& targets, Terms& terms) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bcr
