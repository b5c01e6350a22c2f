#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace bcr {

// Parameters and buffers of one network by name, in the order in which they were made. For whoever
// makes networks.
class TensorTable {
 public:
  enum class Kind {
    kTrained,
    kFixed
  };  // kFixed: buffers, and parameters that no optimiser may see

  TensorTable();
  ~TensorTable();
  // The returned reference stays valid until the name is removed, and follows MoveTo.
  const at::Tensor& Add(const std::string& name, const at::Tensor& value, Kind kind);
  void Remove(const std::string& name);
  bool Has(const std::string& name) const;

  std::vector<at::Tensor> Trained() const;  // also those that do not learn for the time being
  // Whether those of them whose names begin so get a gradient.
  void LetLearn(const std::string& beginning, bool learn);
  std::map<std::string, at::Tensor> All() const;
  // Moves the storage; tensors held elsewhere (by an optimiser) move along.
  void MoveTo(const std::string& device);

 private:
  struct Entry;
  std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace bcr
