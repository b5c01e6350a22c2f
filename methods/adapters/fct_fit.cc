#include "methods/adapters/fct_fit.h"

#include "harness/core/json.h"

namespace bcr {

NetworkFit FctFit(size_t in, size_t out, size_t outputs, JsonReader& parameters) {
  const auto mixer = static_cast<size_t>(parameters.Integer("mixer", 0, 65'536));
  const size_t hidden = mixer > 0 ? mixer : 16 * out;
  NetworkFit fit;
  // Both branches see the same row, so the first layer needs no groups.
  fit.layers = {{.in = in, .out = 4 * in, .norm = true, .relu = true},
                {.in = 4 * in, .out = 4 * out, .groups = 2, .norm = true, .relu = true},
                {.in = 4 * out, .out = hidden, .norm = true, .relu = true},
                {.in = hidden, .out = hidden, .norm = true, .relu = true},
                {.in = hidden, .out = outputs}};
  fit.warmup_epochs = parameters.Number("warmup_epochs", 0, 10'000);
  fit.freeze_norm = 0.5;
  ReadTraining(parameters, 2, fit);  // a batch of one has no variance to divide by
  return fit;
}

}  // namespace bcr
