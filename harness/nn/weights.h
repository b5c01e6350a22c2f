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
// float16, bfloat16, float32, float64, int64, int32, uint8, bool. Throws kData naming the file for
// any malformed header, and for tensors that overlap, leave a gap or end outside the file. Tensors
// own their memory.
std::map<std::string, at::Tensor> ReadSafetensors(const std::string& path);

// Copies `tensors` into the model's state, converting floating types. Missing, unexpected and
// mismatched keys (shape, or whole numbers for fractions) and non-finite values are listed in one
// kData error, which also says whether the tensors are those of another backbone; the model is then
// unchanged. Batch counters (num_batches_tracked) are optional; `ignore` holds prefixes that may be
// missing or left over ("head."): such a key is loaded where it fits in shape.
void LoadState(Model& model, const std::map<std::string, at::Tensor>& tensors,
               const std::string& where, const std::vector<std::string>& ignore = {});

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

// ImageNet initialisation: the published keys of the model's backbone (BackboneInfo::weights), bare
// or behind one of the prefixes module., base., backbone., model. (BoT, fast-reid, layumi's
// baseline); classifier and neck keys are left alone, and so are the model's own pooling, neck and
// head. Throws kData as LoadState does. Note that trained weights of BoT need the switch
// stem_relu=off (not its IBN networks), and that fast-reid's stem pools otherwise: its trained
// weights load, but act differently here.
void LoadBackbone(Model& model, const std::string& safetensors_file);

}  // namespace bcr
