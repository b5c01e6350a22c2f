// Gradients against finite differences, and the stored network against the trained one.
#include "harness/adapt/trainable_network.h"

#include <gmock/gmock.h>

#include <cmath>

#include "harness/adapt/adapter.h"
#include "harness/adapt/dense_network.h"
#include "harness/adapt/network_fit.h"
#include "tests/unit/adapt/random_rows.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

constexpr size_t kRows = 7;

std::vector<double> Values(size_t count, uint64_t seed) {
  Random random(seed);
  std::vector<double> values(count);
  for (double& value : values) value = random.Normal();
  return values;
}

std::vector<LayerPlan> EveryKind() {
  return {{.in = 4, .out = 6, .norm = true, .relu = true},
          {.in = 6, .out = 4, .groups = 2, .norm = true},
          {.in = 4, .out = 5, .relu = true},
          {.in = 5, .out = 3}};
}

// The mean squared error, as networks are fitted by default.
double Loss(TrainableNetwork& network, const std::vector<double>& x, const std::vector<double>& y,
            std::vector<double>& gradient) {
  const std::vector<double> output = network.Forward(x, kRows);
  std::vector<double> slope(output.size());
  const double loss = SquaredError(output, y, {}, slope);
  network.Backward(slope, gradient);
  return loss;
}

void ExpectGradient(TrainableNetwork& network) {
  const std::vector<double> x = Values(kRows * 4, 1), y = Values(kRows * 3, 2);
  std::vector<double> gradient, unused;
  Loss(network, x, y, gradient);
  std::vector<double>& parameters = network.parameters();
  for (size_t i = 0; i < parameters.size(); ++i) {
    const double kept = parameters[i], step = 1e-6;
    parameters[i] = kept + step;
    const double above = Loss(network, x, y, unused);
    parameters[i] = kept - step;
    const double below = Loss(network, x, y, unused);
    parameters[i] = kept;
    if (gradient[i] == 0 && kept == 0) continue;  // a weight between groups, which stays zero
    ASSERT_NEAR(gradient[i], (above - below) / (2 * step), 1e-7) << "parameter " << i;
  }
}

TEST(TrainableNetwork, GradientsAreThoseOfFiniteDifferences) {
  TrainableNetwork network(EveryKind(), 3);
  ExpectGradient(network);
  network.FreezeNorm();
  ExpectGradient(network);
}

TEST(TrainableNetwork, GroupsDoNotSeeEachOther) {
  const TrainableNetwork network({{.in = 4, .out = 6, .groups = 2}}, 3);
  const DenseLayer layer = network.Folded().front();
  for (size_t j = 0; j < 6; ++j) {
    for (size_t k = 0; k < 4; ++k)
      EXPECT_EQ(layer.weights.row(j)[k] != 0, (j < 3) == (k < 2)) << j << " " << k;
  }
}

// With normalisation frozen, a training step and the stored network see the same thing.
TEST(TrainableNetwork, TheStoredNetworkMapsAsTheTrainedOne) {
  TrainableNetwork network(EveryKind(), 3);
  std::vector<double> gradient;
  const std::vector<double> x = Values(kRows * 4, 1);
  for (int i = 0; i < 20; ++i) network.Forward(x, kRows);
  network.FreezeNorm();
  AdapterState state;
  state.width_in = 4;
  state.width_out = 3;
  StoreNetwork({network.Folded(), {}, false}, state);
  FloatMatrix rows(kRows, 4);
  for (size_t i = 0; i < x.size(); ++i) rows.data()[i] = static_cast<float>(x[i]);
  const FloatMatrix mapped = test::ReadAll(*ApplyNetwork(state, test::Own(rows)));
  std::vector<double> expected;
  for (size_t i = 0; i < kRows * 3; ++i) expected.push_back(mapped.data()[i]);
  EXPECT_LT(Loss(network, x, expected, gradient), 1e-12);
}

TEST(DenseNetwork, ByHand) {
  FloatMatrix first(2, 2), second(1, 2), skip(1, 2);
  first.row(0)[0] = 1;   // y0 = x0 - 1
  first.row(1)[1] = -1;  // y1 = -x1
  second.row(0)[0] = 2;
  second.row(0)[1] = 3;
  skip.row(0)[1] = 10;
  FloatMatrix offset(1, 2);
  offset.row(0)[0] = -1;
  DenseNetwork network;
  network.layers = {{first, offset, true}, {second, FloatMatrix(1, 1), false}};
  AdapterState state;
  state.width_in = 2;
  state.width_out = 1;
  StoreNetwork(network, state);
  FloatMatrix rows(2, 2);
  rows.row(0)[0] = 3;  // y = (2, 0)
  rows.row(0)[1] = 4;
  rows.row(1)[0] = -3;  // y = (0, 4)
  rows.row(1)[1] = -4;
  const FloatMatrix plain = test::ReadAll(*ApplyNetwork(state, test::Own(rows)));
  EXPECT_EQ(plain.row(0)[0], 4);
  EXPECT_EQ(plain.row(1)[0], 12);
  network.skip = skip;
  network.unit_rows = true;
  StoreNetwork(network, state);
  const FloatMatrix unit = test::ReadAll(*ApplyNetwork(state, test::Own(rows)));
  EXPECT_FLOAT_EQ(unit.row(0)[0], 8);             // (0.6, 0.8): y = (0, 0), skip 8
  EXPECT_FLOAT_EQ(unit.row(1)[0], 3 * 0.8F - 8);  // (-0.6, -0.8): y = (0, 0.8)
}

TEST(DenseNetwork, AStateThatLacksSomethingIsRefused) {
  AdapterState whole;
  whole.width_in = 2;
  whole.width_out = 2;
  DenseNetwork network;
  network.layers = {{FloatMatrix(3, 2), FloatMatrix(1, 3), true},
                    {FloatMatrix(2, 3), FloatMatrix(1, 2), false}};
  StoreNetwork(network, whole);
  const auto refuses = [](const AdapterState& state) {
    return test::CatchError([&] { ApplyNetwork(state, test::Own(FloatMatrix(1, 2))); }).code() ==
           ErrorCode::kData;
  };
  for (const auto& [name, array] : whole.arrays) {
    AdapterState state = whole;
    state.arrays.erase(name);
    EXPECT_TRUE(refuses(state)) << name;
    state.arrays[name] = FloatMatrix(5, 7);
    EXPECT_TRUE(refuses(state)) << name;
  }
  for (const auto& [name, number] : whole.numbers) {
    AdapterState state = whole;
    state.numbers.erase(name);
    EXPECT_TRUE(refuses(state)) << name;
  }
  for (const double layers : {0.0, -1.0, 1e9, std::nan("")}) {
    AdapterState state = whole;
    state.numbers["layers"] = layers;
    EXPECT_TRUE(refuses(state)) << layers;
  }
}

}  // namespace
}  // namespace bcr
