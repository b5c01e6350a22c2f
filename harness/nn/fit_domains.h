#pragma once

#include <map>
#include <string>

namespace at {
class Tensor;
}

namespace bcr {

class Model;
struct ModelSpec;

// The tensors of a trained network (names as in Model::State, or a part of them) for a network whose
// normalisation knows other domains, or knows domains at all. Anything else stays as it is.
//
// A fusion's agents go by data set like the banks. A fusion that only one of the two has is left alone.
// Each bank of `to` takes the values of the bank of the same data set, or else those of the last one;
// a plain network has one bank, which serves all. A plain `to` takes the last bank, without its gate,
// which LoadState then finds left over: what a gate did cannot be kept.
// Where `to` has gates and `from` has none, they start at one half, and scale and shift are doubled: in
// exact arithmetic the network is the one that it was (and doubling is exact). The public code of
// RDSBN leaves scale and shift and switches the gates off while it extracts features in its first
// epoch, so that one network is two; here a network is the same whenever it is asked.
std::map<std::string, at::Tensor> FitDomains(const std::map<std::string, at::Tensor>& tensors,
                                             const ModelSpec& from, Model& to);

}  // namespace bcr
