#include "harness/adapt/adapter.h"
#include "harness/adapt/dense_network.h"
#include "harness/adapt/fit_data.h"
#include "harness/features/row_source.h"
#include "methods/adapters/fct_fit.h"

namespace bcr {
namespace {

AdapterState Fit(const FitData& data, JsonReader& parameters) {
  const size_t out = data.to->cols();
  AdapterState state;
  FitNetwork(data, FctFit(data.from->cols(), out, out, parameters), state);
  return state;
}

}  // namespace

// The map of forward compatible training, without side information: stored old features are carried
// into the new model's space by two branches of two layers (d_in - 2 d_in - 2 d_out each, batch
// normalisation and ReLU), which are put side by side (4 d_out) and go through a mixer (hidden,
// hidden, d_out; the last layer linear). Least squares, Adam, 80 epochs, 5 of warm-up, half a cosine,
// normalisation frozen for the second half, as in the public code; where there is no side
// information it feeds the old feature twice.
//   mixer  the width of its two hidden layers; 0: 16 d_out, which is the published 2,048 at d = 128
//   unit   divide rows by their length first: the public code does not, and compares by distance
//   epochs, warmup_epochs, batch, rate, weight_decay, seed  of the training
// The rate follows the cosine step by step here, epoch by epoch there.
const AdapterInfo& adapter_fct() {
  static const AdapterInfo info = {
      .name = "fct",
      .revision = 1,
      .about = "the network of forward compatible training, without side information",
      .source = "Ramanujan et al., CVPR 2022, as in their code",
      .parameters = R"({"mixer": 0, "unit": true, "epochs": 80, "warmup_epochs": 5.0, "batch": 1024,
                        "rate": 0.0005, "weight_decay": 0.000030517578125, "seed": 1})",
      .needs = AdapterNeeds::kRows,
      .widths = AdapterWidths::kAny,
      .sides = {AdapterSide::kQuery, AdapterSide::kGallery},
      .fit = Fit,
      .apply = ApplyNetwork,
      .contract_parameters = "mixer=8,epochs=3,warmup_epochs=1,batch=100",
  };
  return info;
}

}  // namespace bcr
