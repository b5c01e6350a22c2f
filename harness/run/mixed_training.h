#pragma once

#include <string>

namespace bcr {

struct RunRecord;

// Bytes of trained weights depend on the number of threads, on the processor's instruction set and
// on LibTorch's version: the same command repeats them on one machine with one thread count alone.
// Keys hold none of these, so that machines can share a store; each model's record holds them all.
// One sentence where the models of a record differ in them, naming the models; "" where they agree.
std::string MixedTraining(const RunRecord& record);

}  // namespace bcr
