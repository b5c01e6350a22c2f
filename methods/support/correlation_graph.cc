#include "methods/support/correlation_graph.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "harness/cluster/neighbours/neighbours.h"
#include "harness/cluster/row_loop.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// B x B bool: column j of row i where j is a neighbour of i. `s`: similarities, `own`: one image.
at::Tensor NeighboursAmong(const at::Tensor& s, const at::Tensor& own, const GraphChoice& choice) {
  const at::Tensor order =
      std::get<1>(at::sort(s.masked_fill(own, -kInfinity), /*stable=*/true, 1, true));
  const int64_t k = std::min<int64_t>(choice.batch_neighbours, s.size(1));
  // Where a row has fewer than k others, its own image is among the nearest.
  const at::Tensor nearest =
      at::zeros_like(own).scatter_(1, order.narrow(1, 0, k), true).logical_and(own.logical_not());
  return choice.reciprocal ? nearest.logical_and(nearest.t()) : nearest;
}

// A^ of a batch, B x B.
at::Tensor GraphOf(const at::Tensor& x, const at::Tensor& images, const GraphChoice& choice) {
  const at::Tensor s = x.matmul(x.t());
  const at::Tensor own = images.unsqueeze(0).eq(images.unsqueeze(1));
  const at::Tensor near = NeighboursAmong(s.detach(), own, choice);
  const at::Tensor alone = near.any(1, /*keepdim=*/true).logical_not();
  // A row of -infinity alone has no softmax: it is spread over all, and then cleared.
  const at::Tensor shares = (s / choice.temperature)
                                .masked_fill(near.logical_or(alone).logical_not(), -kInfinity)
                                .softmax(1)
                                .masked_fill(near.logical_not(), 0.0);
  const at::Tensor a = shares + at::eye(s.size(0), s.options());
  const at::Tensor scale = a.sum(1).rsqrt();
  return a * scale.unsqueeze(1) * scale.unsqueeze(0);
}

// The neighbours of one row of the whole set with their shares, in the order of the lists.
struct Links {
  std::vector<int32_t> rows;
  std::vector<double> shares;
};

bool Lists(const NeighbourTable& table, int32_t row, int32_t other) {
  const int32_t* const first = table.ids.data() + static_cast<size_t>(row) * table.k;
  return std::find(first + 1, first + table.k, other) != first + table.k;
}

Links LinksOf(const NeighbourTable& table, size_t i, const GraphChoice& choice) {
  Links links;
  for (int t = 1; t < table.k; ++t) {
    const int32_t j = table.ids[i * table.k + t];
    if (j == NeighbourTable::kNoRow) break;
    if (choice.reciprocal && !Lists(table, j, static_cast<int32_t>(i))) continue;
    links.rows.push_back(j);
    links.shares.push_back(table.similarities[i * table.k + t] / choice.temperature);
  }
  if (links.rows.empty()) return links;
  const double most = *std::max_element(links.shares.begin(), links.shares.end());
  double sum = 0;
  for (double& share : links.shares) sum += share = std::exp(share - most);
  for (double& share : links.shares) share /= sum;
  return links;
}

// A row's own and its neighbours' rows of X W, in the shares of A^, added to it.
void AddLinked(const Links& links, const std::vector<Links>& all, const FloatMatrix& moved,
               size_t i, float* row) {
  const auto degree = [&](size_t r) { return all[r].rows.empty() ? 1.0 : 2.0; };
  std::vector<double> sum(moved.cols());
  const auto add = [&](size_t j, double share) {
    const double scale = share / std::sqrt(degree(i) * degree(j));
    for (size_t c = 0; c < sum.size(); ++c) sum[c] += scale * moved.row(j)[c];
  };
  add(i, 1);
  for (size_t e = 0; e < links.rows.size(); ++e)
    add(static_cast<size_t>(links.rows[e]), links.shares[e]);
  for (size_t c = 0; c < sum.size(); ++c) row[c] = static_cast<float>(row[c] + sum[c]);
}

}  // namespace

GraphChoice ReadGraph(JsonReader& parameters) {
  GraphChoice choice;
  choice.neighbours = static_cast<int>(parameters.Integer("neighbours", 1, 1000));
  choice.batch_neighbours = static_cast<int>(parameters.Integer("batch_neighbours", 1, 1000));
  choice.reciprocal = parameters.Bool("reciprocal");
  choice.temperature = parameters.Number("graph_temperature", 1e-4, 10.0);
  choice.search = parameters.Text("search");
  return choice;
}

at::Tensor RefineBatch(const at::Tensor& x, const at::Tensor& weights, const at::Tensor& images,
                       const GraphChoice& choice) {
  const at::Tensor graph = GraphOf(x, images, choice);
  return UnitRows(x + graph.matmul(x.matmul(weights.to(x.scalar_type()))));
}

void RefineRows(FloatMatrix& unit_rows, const at::Tensor& weights, const GraphChoice& choice) {
  const at::NoGradGuard no_grad;
  const at::Tensor w = weights.detach().to(at::kCPU, at::kFloat);
  if (unit_rows.rows() == 0 || !w.any().item<bool>()) return;
  NeighbourOptions options;
  options.k = choice.neighbours + 1;
  options.search = choice.search;
  const NeighbourTable table = NearestRows(unit_rows.view(), options);
  const FloatMatrix moved = ToMatrix(FromMatrix(unit_rows).matmul(w));
  std::vector<Links> links(unit_rows.rows());
  ForEachRow(links.size(), 0, [&](size_t i) { links[i] = LinksOf(table, i, choice); });
  ForEachRow(links.size(), 0,
             [&](size_t i) { AddLinked(links[i], links, moved, i, unit_rows.row(i)); });
  NormalizeRows(unit_rows);
}

}  // namespace bcr
