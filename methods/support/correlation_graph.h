#pragma once

#include <string>

#include "harness/core/json.h"
#include "harness/core/matrix.h"

namespace at {
class Tensor;
}

namespace bcr {

// How images are joined into a graph. The neighbours of a unit row x_i are its k most similar other
// rows (of equal ones the first), or those of them that have x_i among theirs too.
//   A_ij = softmax over the neighbours j of <x_i, x_j> / t; a row without neighbours has none
//   A^   = Deg^-1/2 (A + I) Deg^-1/2, Deg the sums of the rows of A + I (2, or 1 without neighbours)
// Refined by weights W (d x d): x~_i = x_i + sum_j A^_ij x_j W, made unit again.
struct GraphChoice {
  int neighbours = 8;        // k in the whole training set
  int batch_neighbours = 3;  // k in a batch
  bool reciprocal = true;
  double temperature = 0.1;      // t
  std::string search = "exact";  // of the neighbours in the whole set, as NeighbourOptions::search
};

// JSON object of the parameters that ReadGraph reads, with their defaults.
constexpr char kGraphParameters[] =
    R"({"neighbours": 8, "batch_neighbours": 3, "reciprocal": true, "graph_temperature": 0.1,
        "search": "exact"})";
GraphChoice ReadGraph(JsonReader& parameters);

// The batch's unit rows x (B x d) refined by `weights` (d x d): B x d unit rows, with gradient to both,
// through A as well. `images` (B int64): equal numbers are one image, which is nobody's neighbour to
// itself. Nothing waits for the device. O(B^2 d).
at::Tensor RefineBatch(const at::Tensor& x, const at::Tensor& weights, const at::Tensor& images,
                       const GraphChoice& choice);

// The same of all rows of a training set, in place: by its graph of neighbours, in O(n k) memory beside
// two matrices of features. Weights that are all 0 leave every bit as it is. A function of rows and
// weights alone, but for the product of both, which is LibTorch's. Throws as NearestRows.
void RefineRows(FloatMatrix& unit_rows, const at::Tensor& weights, const GraphChoice& choice);

}  // namespace bcr
