#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "harness/eval/score_stream.h"

namespace bcr {

// Scores the matches of queries [q_begin, q_end) ahead of the stream: a count needs its thresholds
// first where a block does not span the gallery. out[q - q_begin] gets the query's, in order.
// Queries of one identity are scored together. Works in `room` as far as it reaches.
void GatherPositives(BlockSource& source, const Relevance& relevance, size_t q_begin, size_t q_end,
                     int threads, std::span<float> room, std::vector<std::vector<Positive>>& out);

}  // namespace bcr
