#pragma once

#include <map>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace bcr {

struct WeightNames;

// torchvision, timm, torchreid: nothing but the backbone and its classifier.
inline constexpr char kBareFamily[] = "torchvision";

// How the files of one project name what is not the backbone. Private to harness/nn.
struct WeightFamily {
  std::string name;      // as people call it: "fast-reid"
  std::string backbone;  // what stands in front of the backbone's names: "backbone."
  std::string sign;      // beginning of a name that only these files have; "" for none
  struct Part {
    std::string theirs, ours;  // beginnings of names; ours "": there is no such part here
  };
  std::vector<Part> parts;
};

// A file's tensors by our names, and whose file it is.
struct ImportedWeights {
  std::string family;                          // "" where the file has no backbone of this kind
  std::map<std::string, at::Tensor> backbone;  // backbone.*
  std::map<std::string, at::Tensor> others;  // pool.*, neck.*, head.*, what is left as it was named
};

// Finds the project by the backbone's probe behind a prefix; a further module. in front of all names
// (DataParallel) is dropped.
ImportedWeights ImportWeights(const std::map<std::string, at::Tensor>& tensors,
                              const WeightNames& names);

}  // namespace bcr
