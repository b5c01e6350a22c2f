#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>  // SavedModel holds a Json by value
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/nn/model.h"

namespace bcr {

// safetensors files, read and written by us: 8-byte little-endian header length, JSON header
// (padded with spaces to a multiple of 8), raw little-endian tensors in C order. Tensors lie by
// element size (largest first), then by name: each is aligned, as PyTorch's reader wants, and equal
// tensors give equal bytes. Written atomically.
void WriteSafetensors(const std::string& path, const std::map<std::string, at::Tensor>& tensors,
                      const std::map<std::string, std::string>& metadata);
// float16, bfloat16, float32, float64, int64 to int8, uint8, bool. Throws kData naming the file for
// any malformed header, and for tensors that overlap, leave a gap or end outside the file. Tensors
// own their memory.
std::map<std::string, at::Tensor> ReadSafetensors(const std::string& path);

// Weights by name from a file of either kind: safetensors, or what PyTorch's torch.save writes of
// tensors (harness/features/torch; told by its first bytes, then by its name). Throws as
// ReadSafetensors and ParseTorchFile do. Tensors of a PyTorch file may share memory, as they did.
std::map<std::string, at::Tensor> ReadWeights(const std::string& path);

// What tensors and a model's state do not have in common, by name.
struct StateDifferences {
  std::vector<std::string> missing, unexpected;
  std::vector<std::string> mismatched;  // with the reason: "pool.p (2 instead of 1)"

  bool Any() const { return !missing.empty() || !unexpected.empty() || !mismatched.empty(); }
  std::string Text() const;   // one line, the first ten of each kind
  std::string Lines() const;  // all of them, a line each, each behind a line feed
};

// Whether tensors may be copied where others are missing or do not fit.
enum class PartialLoad { kRefused, kAllowed };

// Copies `tensors` into the model's state, converting floating types. Missing, unexpected and
// mismatched keys (shape, or whole numbers for fractions) and non-finite values are listed in one
// kData error, which also says whether the tensors are those of another backbone; the model is then
// unchanged. Batch counters (num_batches_tracked) are optional; `ignore` holds prefixes that may be
// missing or left over ("head."): such a key is loaded where it fits in shape.
void LoadState(Model& model, const std::map<std::string, at::Tensor>& tensors,
               const std::string& where, const std::vector<std::string>& ignore = {});
// The same for a file of another project: the error lists every key. Where a partial load is
// allowed, what fits is copied and the differences are returned; none at all is still an error.
StateDifferences ImportState(Model& model, const std::map<std::string, at::Tensor>& tensors,
                             const std::string& where, const std::vector<std::string>& ignore,
                             PartialLoad partial);

// A trained model's folder: weights.safetensors and model.json (spec, class table: index ->
// identity, preprocessing, format revision, hash of the weights, free-form `training` block).
// Written atomically, model.json last.
struct SavedModel {
  std::unique_ptr<Model> model;  // on the CPU, in evaluation mode
  std::vector<std::string> classes;
  Json training;
  std::string weights_hash;
};
// `classes` has as many entries as the model's head. Throws kIo.
void SaveModel(const std::string& folder, Model& model, const std::vector<std::string>& classes,
               const Json& training);
// Throws kMissing or kData: files absent, damaged, or not of each other.
SavedModel LoadModel(const std::string& folder);

// ImageNet initialisation: the published keys of the model's backbone (BackboneInfo::weights) in the
// file of any project that weight_families.h knows; classifier and neck keys are left alone, and so
// are the model's own pooling, neck and head. Throws kData as ImportState does. Note that trained
// weights of BoT need the switch stem_relu=off (not its IBN networks), and that fast-reid's stem
// pools otherwise: its trained weights load, but act differently here.
StateDifferences LoadBackbone(Model& model, const std::string& weights_file,
                              PartialLoad partial = PartialLoad::kRefused);

// Trained weights of another project, as ReadWeights gives them of `weights_file`: as LoadBackbone, and
// its pooling and neck where it has them. The head is left as it is. `family` becomes the project's
// name.
StateDifferences LoadTrained(Model& model, const std::map<std::string, at::Tensor>& tensors,
                             const std::string& weights_file, PartialLoad partial,
                             std::string& family);

}  // namespace bcr
