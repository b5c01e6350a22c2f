#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "harness/adapt/trainable_network.h"
#include "harness/core/matrix.h"

namespace bcr {

class JsonReader;
struct AdapterState;
struct DenseNetwork;
struct FitData;

// A loss over a batch: takes the network's output, the targets (both row-major, one row an image) and
// the images' rows in the data; writes the gradient by the output, which has its size; returns the
// value.
using NetworkLoss =
    std::function<double(const std::vector<double>& output, const std::vector<double>& target,
                         const std::vector<size_t>& rows, std::vector<double>& slope)>;
// The mean over rows and columns of (output - target)^2.
double SquaredError(const std::vector<double>& output, const std::vector<double>& target,
                    const std::vector<size_t>& rows, std::vector<double>& slope);

// How a network is trained on paired rows: Adam (0.9, 0.999), batches without replacement, the rate
// rising linearly for `warmup_epochs` and then falling along a half cosine to zero, step by step.
struct NetworkFit {
  std::vector<LayerPlan> layers;
  FloatMatrix skip;        // a fixed linear map to which the layers add, or empty
  bool zero_last = false;  // the layers begin by adding nothing
  bool unit_rows = true;   // rows of both models are divided by their length first
  int epochs = 0;
  double warmup_epochs = 0;
  size_t batch = 0;  // a last batch that is smaller is left out, unless it is the only one
  double rate = 0;
  double weight_decay = 0;  // L2, on every parameter
  double freeze_norm = 1;   // the share of epochs after which normalisation is frozen
  uint64_t seed = 0;
  NetworkLoss loss = SquaredError;
};

// Reads the parameters unit, epochs, batch (at least `least_batch`), rate, weight_decay and seed.
void ReadTraining(JsonReader& parameters, int64_t least_batch, NetworkFit& fit);

// Trains; adds to `state` the numbers `rows` (that were used) and `loss` (mean over the last epoch). Throws kData for a row without
// direction under unit_rows or a loss that is not finite, kInterrupted.
DenseNetwork TrainNetwork(const FitData& data, const NetworkFit& fit, AdapterState& state);
// The same, and stores the map (harness/adapt/dense_network.h).
void FitNetwork(const FitData& data, const NetworkFit& fit, AdapterState& state);

}  // namespace bcr
