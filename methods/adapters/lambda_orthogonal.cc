#include <Eigen/Core>
#include <cmath>

#include "harness/adapt/adapter.h"
#include "harness/adapt/affine_state.h"
#include "harness/adapt/eigen_blocks.h"
#include "harness/adapt/least_squares.h"
#include "harness/adapt/orthogonal_factor.h"
#include "harness/core/json.h"

namespace bcr {
namespace {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct Penalty {
  double lambda, sharpness, weight;
};

struct Value {
  double loss = 0, deviation = 0;  // deviation: |W W^T - I|_F
  RowMatrix gradient;
};

// Loss and gradient from the sums alone: a step costs the same for every number of images.
class Problem {
 public:
  Problem(const LeastSquares& sums, const Penalty& penalty)
      : gram_(sums.own.cross.data(), Width(sums.width_in()), Width(sums.width_in())),
        cross_(sums.pairs.cross.data(), Width(sums.width_in()), Width(sums.width_out())),
        square_(sums.pairs.square_to),
        penalty_(penalty) {}

  Value At(const RowMatrix& w) const {
    Value value;
    const RowMatrix seen = w * gram_;
    const double hit = 2 * w.transpose().cwiseProduct(cross_).sum() - w.cwiseProduct(seen).sum();
    value.loss = 1 - hit / square_;
    value.gradient = 2 / square_ * (seen - cross_.transpose());
    AddPenalty(w, value);
    return value;
  }

 private:
  static Eigen::Index Width(size_t width) { return static_cast<Eigen::Index>(width); }

  // The narrower of the two products: of a wide map the rows are to be orthonormal, of a tall one
  // the columns.
  void AddPenalty(const RowMatrix& w, Value& value) const {
    const bool wide = w.rows() <= w.cols();
    Eigen::MatrixXd excess =
        wide ? Eigen::MatrixXd(w * w.transpose()) : Eigen::MatrixXd(w.transpose() * w);
    excess.diagonal().array() -= 1;
    const double n = value.deviation = excess.norm();
    const double gate = 1 / (1 + std::exp(-penalty_.sharpness * (n - penalty_.lambda)));
    value.loss += penalty_.weight * gate * n;
    if (n <= 0) return;
    const double slope = gate + n * penalty_.sharpness * gate * (1 - gate);
    const double factor = penalty_.weight * slope * 2 / n;
    if (wide) {
      value.gradient += factor * (excess * w);
    } else {
      value.gradient += factor * (w * excess);
    }
  }

  const Eigen::Map<const RowMatrix> gram_, cross_;
  const double square_;
  const Penalty penalty_;
};

struct Found {
  RowMatrix map;
  Value value;
  int steps = 0;
};

// Gradient descent; the length of a step is halved until the loss falls (Armijo's rule), and doubled
// after each one. Ends where no step makes the loss fall by more than a part in 10^9.
Found Descend(const Problem& problem, RowMatrix w, int steps) {
  constexpr double kLeastFall = 1e-9, kArmijo = 1e-4, kShortest = 1e-12;
  Found found{w, problem.At(w), 0};
  double length = 1;
  while (found.steps < steps) {
    const double square = found.value.gradient.squaredNorm();
    RowMatrix next;
    Value value;
    do {
      next = found.map - length * found.value.gradient;
      value = problem.At(next);
      length /= 2;
    } while (!(value.loss <= found.value.loss - kArmijo * 2 * length * square) &&
             length > kShortest);
    if (!(found.value.loss - value.loss > kLeastFall * std::abs(found.value.loss))) break;
    found = {next, value, found.steps + 1};
    length *= 4;
  }
  return found;
}

AdapterState Fit(const FitData& data, JsonReader& parameters) {
  PinEigenBlocks();
  const MomentOptions options{.unit_rows = parameters.Bool("unit"),
                              .centre = parameters.Bool("bias")};
  const Penalty penalty{parameters.Number("lambda", 0, 1e6), parameters.Number("sharpness", 0, 1e3),
                        parameters.Number("weight", 0, 1e6)};
  const auto steps = static_cast<int>(parameters.Integer("steps", 0, 100'000));
  const LeastSquares sums = SumLeastSquares(data, options);
  const OrthogonalFactor start =
      NearestOrthogonal(sums.pairs.cross, sums.width_in(), sums.width_out());
  const Eigen::Map<const RowMatrix> rotation(start.matrix.data(),
                                             static_cast<Eigen::Index>(sums.width_in()),
                                             static_cast<Eigen::Index>(sums.width_out()));
  const Found found = Descend(Problem(sums, penalty), rotation.transpose(), steps);
  AdapterState state;
  state.numbers = {{"deviation", found.value.deviation},
                   {"steps", static_cast<double>(found.steps)}};
  StoreFitted(sums, {found.map.data(), found.map.data() + found.map.size()}, options, state);
  return state;
}

}  // namespace

// A linear map that may leave the rotations, but not far: over paired rows X (N x d_in, to be
// mapped) and Y (N x d_out), W (d_out x d_in) minimises
//   |X W^T - Y|_F^2 / |Y|_F^2 + weight * s(sharpness * (n - lambda)) * n,   n = |W W^T - I|_F,
// s the logistic function (n = |W^T W - I|_F where d_out > d_in). Below lambda the penalty fades,
// above it n is held back; a large weight with lambda 0 gives `procrustes`, weight 0 `linear` without
// a ridge. Gradient descent in float64 from the rotation of `procrustes`, on X^T X and X^T Y alone.
//   lambda, sharpness, weight  of the penalty; steps  at most so many
//   unit, bias  as those of `linear`
// The penalty and lambda 12 are the paper's; its sharpness, weight and optimiser were not read, nor
// are its contrastive terms here: those values are a reconstruction of this project.
const AdapterInfo& adapter_lambda_orthogonal() {
  static const AdapterInfo info = {
      .name = "lambda-orthogonal",
      .revision = 1,
      .about = "a matrix of least squares that is held near the rotations",
      .source = "Ricci et al., arXiv:2509.16664, the penalty; reconstruction of the rest",
      .parameters = R"({"lambda": 12.0, "sharpness": 1.0, "weight": 1.0, "steps": 500, "unit": true,
                        "bias": false})",
      .needs = AdapterNeeds::kRows,
      .widths = AdapterWidths::kAny,
      .sides = {AdapterSide::kQuery, AdapterSide::kGallery},
      .fit = Fit,
      .apply = ApplyAffine,
  };
  return info;
}

}  // namespace bcr
