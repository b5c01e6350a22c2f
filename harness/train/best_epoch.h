#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace at {
class Tensor;
}

namespace bcr {

class Model;

// How good a model is; larger is better. Asked between epochs.
using JudgeModel = std::function<double(Model& model)>;

// Keeps the weights of the epoch that was judged best; of equals the first.
class BestEpoch {
 public:
  // `tensors`: what is to be kept, by name; their values do not matter yet.
  explicit BestEpoch(const std::map<std::string, at::Tensor>& tensors);
  ~BestEpoch();

  // After epoch `epoch` (from 0), which ended with these tensors and was judged to be worth `value`.
  void Consider(int epoch, double value, const std::map<std::string, at::Tensor>& tensors);
  // Writes the best epoch's into `tensors`. REQUIRES: one was considered.
  void Restore(std::map<std::string, at::Tensor> tensors) const;
  int epoch() const;  // from 0; -1: none yet
  double value() const;

  // What a checkpoint holds, written into in place at loading; Loaded follows that.
  std::map<std::string, at::Tensor> Memory();
  void Loaded();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bcr
