#include "harness/adapt/trainable_network.h"

#include <Eigen/Core>
#include <cmath>

#include "harness/adapt/dense_network.h"
#include "harness/adapt/eigen_blocks.h"
#include "harness/core/error.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Row = Eigen::RowVectorXd;

constexpr double kNormEpsilon = 1e-5, kNormMomentum = 0.1;  // PyTorch's

Eigen::Index Signed(size_t value) { return static_cast<Eigen::Index>(value); }

// A layer's part of the parameters: weights (out x in), then its offset, or the scale and shift of
// its normalisation (out each).
struct Layer {
  LayerPlan plan;
  size_t first = 0;  // of its parameters
  Row mean, variance;
  // Of the last batch, for the gradient.
  Rows input, centred;  // centred: divided by the deviation too
  Row deviation;
  Rows output;

  size_t weights() const { return plan.in * plan.out; }
  size_t size() const { return weights() + plan.out * (plan.norm ? 2 : 1); }
};

Eigen::Map<const Rows> WeightsOf(const Layer& layer, const std::vector<double>& parameters) {
  return {parameters.data() + layer.first, Signed(layer.plan.out), Signed(layer.plan.in)};
}
// The offset, or which == 0: scale, 1: shift.
Eigen::Map<const Row> VectorOf(const Layer& layer, const std::vector<double>& parameters,
                               size_t which) {
  return {parameters.data() + layer.first + layer.weights() + which * layer.plan.out,
          Signed(layer.plan.out)};
}

bool Sees(const LayerPlan& plan, size_t out, size_t in) {
  return out * plan.groups / plan.out == in * plan.groups / plan.in;
}

void Begin(const Layer& layer, Random& random, bool zero, std::vector<double>& parameters) {
  const LayerPlan& plan = layer.plan;
  const double bound =
      1 / std::sqrt(static_cast<double>(plan.in) / static_cast<double>(plan.groups));
  double* next = parameters.data() + layer.first;
  for (size_t j = 0; j < plan.out; ++j) {
    for (size_t k = 0; k < plan.in; ++k)
      *next++ = Sees(plan, j, k) && !zero ? random.Uniform(-bound, bound) : 0.0;
  }
  for (size_t j = 0; j < plan.out; ++j)
    *next++ = plan.norm ? 1.0 : zero ? 0.0 : random.Uniform(-bound, bound);
  for (size_t j = 0; plan.norm && j < plan.out; ++j) *next++ = 0.0;
}

// What normalisation sees of a batch; remembers it where it is not frozen.
void Normalise(Layer& layer, bool frozen, Rows& values) {
  Row mean = layer.mean, variance = layer.variance;
  if (!frozen) {
    const auto rows = static_cast<double>(values.rows());
    mean = values.colwise().mean();
    variance = (values.rowwise() - mean).array().square().colwise().mean();
    const double unbiased = rows > 1 ? rows / (rows - 1) : 1;
    layer.mean += kNormMomentum * (mean - layer.mean);
    layer.variance += kNormMomentum * (unbiased * variance - layer.variance);
  }
  layer.deviation = (variance.array() + kNormEpsilon).sqrt();
  values = ((values.rowwise() - mean).array().rowwise() / layer.deviation.array()).matrix();
}

Rows ForwardLayer(Layer& layer, const std::vector<double>& parameters, bool frozen,
                  const Rows& input) {
  layer.input = input;
  Rows values = input * WeightsOf(layer, parameters).transpose();
  if (layer.plan.norm) {
    Normalise(layer, frozen, values);
    layer.centred = values;
    values = (values.array().rowwise() * VectorOf(layer, parameters, 0).array()).matrix();
    values.rowwise() += VectorOf(layer, parameters, 1);
  } else {
    values.rowwise() += VectorOf(layer, parameters, 0);
  }
  if (layer.plan.relu) values = values.cwiseMax(0.0);
  return layer.output = values;
}

// Takes the gradient of the layer's output, writes that of its parameters, returns that of its input.
Rows BackwardLayer(const Layer& layer, const std::vector<double>& parameters, bool frozen,
                   Rows slope, std::vector<double>& gradient) {
  const LayerPlan& plan = layer.plan;
  if (plan.relu) slope = slope.cwiseProduct((layer.output.array() > 0).cast<double>().matrix());
  const auto place = [&](size_t which) {
    return Eigen::Map<Row>(gradient.data() + layer.first + layer.weights() + which * plan.out,
                           Signed(plan.out));
  };
  if (plan.norm) {
    place(0) = slope.cwiseProduct(layer.centred).colwise().sum();
    place(1) = slope.colwise().sum();
    slope = (slope.array().rowwise() * VectorOf(layer, parameters, 0).array()).matrix();
    if (!frozen) {
      const Row mean = slope.colwise().mean();
      const Row along = slope.cwiseProduct(layer.centred).colwise().mean();
      slope.rowwise() -= mean;
      slope -= (layer.centred.array().rowwise() * along.array()).matrix();
    }
    slope = (slope.array().rowwise() / layer.deviation.array()).matrix();
  } else {
    place(0) = slope.colwise().sum();
  }
  Eigen::Map<Rows> weights(gradient.data() + layer.first, Signed(plan.out), Signed(plan.in));
  weights.noalias() = slope.transpose() * layer.input;
  for (size_t j = 0; plan.groups > 1 && j < plan.out; ++j) {
    for (size_t k = 0; k < plan.in; ++k) {
      if (!Sees(plan, j, k)) weights(Signed(j), Signed(k)) = 0;
    }
  }
  return slope * WeightsOf(layer, parameters);
}

DenseLayer Fold(const Layer& layer, const std::vector<double>& parameters) {
  const LayerPlan& plan = layer.plan;
  Row scale = Row::Ones(Signed(plan.out)), offset = VectorOf(layer, parameters, 0);
  if (plan.norm) {
    scale = VectorOf(layer, parameters, 0).array() / (layer.variance.array() + kNormEpsilon).sqrt();
    offset = VectorOf(layer, parameters, 1) - layer.mean.cwiseProduct(scale);
  }
  const auto weights = WeightsOf(layer, parameters);
  DenseLayer folded{FloatMatrix(plan.out, plan.in), FloatMatrix(1, plan.out), plan.relu};
  for (size_t j = 0; j < plan.out; ++j) {
    for (size_t k = 0; k < plan.in; ++k)
      folded.weights.row(j)[k] =
          static_cast<float>(scale(Signed(j)) * weights(Signed(j), Signed(k)));
    folded.offset.row(0)[j] = static_cast<float>(offset(Signed(j)));
  }
  return folded;
}

}  // namespace

struct TrainableNetwork::State {
  std::vector<Layer> layers;
  std::vector<double> parameters;
  bool frozen = false;
};

TrainableNetwork::TrainableNetwork(std::vector<LayerPlan> plan, uint64_t seed, bool zero_last)
    : state_(std::make_unique<State>()) {
  PinEigenBlocks();
  BCR_CHECK(!plan.empty(), "a network without layers");
  size_t size = 0;
  for (const LayerPlan& one : plan) {
    BCR_CHECK(one.groups > 0 && one.in % one.groups == 0 && one.out % one.groups == 0,
              "groups that do not divide a layer");
    Layer layer;
    layer.plan = one;
    layer.first = size;
    layer.mean = Row::Zero(Signed(one.out));
    layer.variance = Row::Ones(Signed(one.out));
    size += layer.size();
    state_->layers.push_back(std::move(layer));
  }
  state_->parameters.resize(size);
  Random random(DeriveSeed(seed, "network"));
  for (const Layer& layer : state_->layers)
    Begin(layer, random, zero_last && &layer == &state_->layers.back(), state_->parameters);
}

TrainableNetwork::~TrainableNetwork() = default;
std::vector<double>& TrainableNetwork::parameters() { return state_->parameters; }
void TrainableNetwork::FreezeNorm() { state_->frozen = true; }

std::vector<double> TrainableNetwork::Forward(const std::vector<double>& x, size_t rows) {
  Rows values =
      Eigen::Map<const Rows>(x.data(), Signed(rows), Signed(state_->layers.front().plan.in));
  for (Layer& layer : state_->layers)
    values = ForwardLayer(layer, state_->parameters, state_->frozen, values);
  return {values.data(), values.data() + values.size()};
}

void TrainableNetwork::Backward(const std::vector<double>& output_slope,
                                std::vector<double>& gradient) {
  const std::vector<Layer>& layers = state_->layers;
  const Rows& output = layers.back().output;
  gradient.assign(state_->parameters.size(), 0.0);
  Rows slope = Eigen::Map<const Rows>(output_slope.data(), output.rows(), output.cols());
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer)
    slope = BackwardLayer(*layer, state_->parameters, state_->frozen, slope, gradient);
}

std::vector<DenseLayer> TrainableNetwork::Folded() const {
  std::vector<DenseLayer> folded;
  for (const Layer& layer : state_->layers) folded.push_back(Fold(layer, state_->parameters));
  return folded;
}

}  // namespace bcr
