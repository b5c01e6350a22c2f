#pragma once

#include "harness/core/matrix.h"
#include "harness/features/row_source.h"

namespace bcr {

struct ExpansionOptions {
  int k = 5;           // most similar rows, the row itself included
  double alpha = 3.0;  // weight of a row: its cosine to this power
  int block_mb = 256;
  int threads = 0;
};

// Alpha-weighted query expansion (Radenovic et al., "Fine-tuning CNN Image Retrieval with No Human
// Annotation", TPAMI 2019), as FastReID applies it: every row becomes the mean over its k most
// similar rows of cosine^alpha times the row as given. Lengths change; scoring by cosine does not
// see that. Queries and gallery of one model go in together. A negative cosine keeps its sign under
// an odd whole alpha and weighs nothing where alpha is not whole. Throws kUsage for options out of
// range, and what NewCpuBlockSource throws.
FloatMatrix ExpandRows(const RowSource& rows, const ExpansionOptions& options);

}  // namespace bcr
