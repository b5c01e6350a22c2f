#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace at {
class Tensor;
}

namespace bcr {

class Batch;
struct LabelSet;
struct TrainingSet;

// The values of `student` below, for JsonReader::Choice.
const std::vector<std::string>& StudentChoices();

// What an earlier model's classifier says of a batch, and what the new model says in its place, for terms
// that distil one into the other. By `student` the new model's logits are
//   new-head: of its identity head, and both are of the S >= 2 identities that both models know (B x S)
//   old-head: of the earlier head on the new feature in the old width (B x C_o); no identities in common
//             are needed
//   auto:     new-head where the new model has a head and both know two identities or more, otherwise
//             old-head
class ClassifierPair {
 public:
  // `objective` names the term in messages.
  ClassifierPair(std::string student, std::string objective);
  ~ClassifierPair();
  // Throws kConfig where the earlier model has no head for the features that are scored.
  void Prepare(const TrainingSet& set);
  // To be called with every new labelling. Throws kConfig for new-head without identities in common.
  void OnLabels(const LabelSet& labels);
  // The earlier model's logits, without gradient, and the new model's, in the type that losses are
  // computed in.
  std::pair<at::Tensor, at::Tensor> Of(const Batch& batch) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bcr
