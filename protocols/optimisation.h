#pragma once

#include <array>
#include <string>

#include "harness/core/json.h"

namespace bcr {

// How a model's parameters are moved, beside the rate and the decay that every profile gives: the
// optional keys of a profile (and of its block `without_labels`), under their names there. The values
// here are those of a key that is absent; a stored model's key holds a setting only where it differs.
struct Optimisation {
  std::string optimiser = "adam";                // adam | adamw (decoupled decay) | sgd
  bool amsgrad = false;                          // of adam and adamw
  std::array<double, 2> adam_betas{0.9, 0.999};  // in [0, 1)
  double sgd_momentum = 0.9;                     // in [0, 1)
  bool nesterov = false;                         // of sgd

  std::string schedule = "step";  // step | cosine | polynomial | constant
  double final_lr = 0;            // cosine, polynomial: the rate at the end of training
  // cosine, polynomial: epochs before the rate falls; it never falls within the warm-up.
  int flat_epochs = 0;
  double power = 1;                     // of polynomial
  bool per_step = false;                // the rate changes with every batch, not with every epoch
  std::string warmup_shape = "linear";  // linear | constant, at `warmup_factor`

  // What some parameters have in the place of the common rate and decay. Norms: scale and shift of
  // normalisations; biases: all other ones; head: everything but the backbone. A parameter of two
  // groups has both factors.
  double bias_rate_factor = 1, head_rate_factor = 1;
  double bias_decay_factor = 1, norm_decay_factor = 1, head_decay_factor = 1;

  double clip_norm = 0;  // the longest that the gradient may be; 0: any length
  int accumulate = 1;    // batches whose gradients make one step of the optimisers
  int ghost_batch = 0;   // images from which batch normalisation takes its statistics; 0: the batch
  int freeze_backbone_epochs = 0;  // first epochs in which the backbone is not trained
};

// Reads the keys above, all of them optional, from an object that holds others too. `with_warmup`:
// whether a warm-up is among those. Throws kConfig for values out of range, and for a key that has no
// meaning beside the others (amsgrad of sgd): it would change nothing. `lr`: the full rate.
Optimisation ReadOptimisation(JsonReader& reader, double lr, bool with_warmup);

// Every key with its value.
Json OptimisationJson(const Optimisation& optimisation);
// The keys whose values are not those of an absent one.
Json GivenOptimisation(const Optimisation& optimisation);

// "optimiser adamw, schedule cosine": what GivenOptimisation holds, in one line; "" for nothing.
std::string OptimisationText(const Optimisation& optimisation);

}  // namespace bcr
