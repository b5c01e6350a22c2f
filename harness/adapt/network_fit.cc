#include "harness/adapt/network_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "harness/adapt/adapted_row.h"
#include "harness/adapt/adapter.h"
#include "harness/adapt/dense_network.h"
#include "harness/adapt/fit_data.h"
#include "harness/core/error.h"
#include "harness/core/interrupt.h"
#include "harness/core/json.h"
#include "harness/core/random.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

void AppendRow(const RowSource& rows, const char* model, size_t row, bool unit,
               std::vector<float>& scratch, std::vector<double>& out) {
  const size_t width = rows.cols();
  scratch.resize(width);
  const float* const values = rows.Row(row, scratch.data());
  const double length = unit ? RowLength(values, width) : 1.0;
  if (!(length >= kShortestRow)) RefuseRowToFit(row, model);
  for (size_t k = 0; k < width; ++k) out.push_back(values[k] / length);
}

// target -= skip * input, for the row that was appended last to both.
void SubtractSkip(const FloatMatrix& skip, const std::vector<double>& x, std::vector<double>& y) {
  if (skip.rows() == 0) return;
  const double* const input = x.data() + x.size() - skip.cols();
  double* const target = y.data() + y.size() - skip.rows();
  for (size_t j = 0; j < skip.rows(); ++j) {
    for (size_t k = 0; k < skip.cols(); ++k) target[j] -= skip.row(j)[k] * input[k];
  }
}

class Adam {
 public:
  explicit Adam(size_t size) : first_(size), second_(size) {}
  void Step(double rate, double weight_decay, const std::vector<double>& gradient,
            std::vector<double>& parameters) {
    constexpr double kFirst = 0.9, kSecond = 0.999, kEpsilon = 1e-8;
    ++steps_;
    const double correct_first = 1 - std::pow(kFirst, steps_);
    const double correct_second = 1 - std::pow(kSecond, steps_);
    for (size_t i = 0; i < parameters.size(); ++i) {
      const double g = gradient[i] + weight_decay * parameters[i];
      first_[i] += (1 - kFirst) * (g - first_[i]);
      second_[i] += (1 - kSecond) * (g * g - second_[i]);
      parameters[i] -=
          rate * (first_[i] / correct_first) / (std::sqrt(second_[i] / correct_second) + kEpsilon);
    }
  }

 private:
  std::vector<double> first_, second_;
  int steps_ = 0;
};

// The learning rate's factor at a share of all epochs done.
double RateAt(const NetworkFit& fit, double epochs_done) {
  if (epochs_done < fit.warmup_epochs) return epochs_done / fit.warmup_epochs;
  const double length = fit.epochs - fit.warmup_epochs;
  const double share = length > 0 ? (epochs_done - fit.warmup_epochs) / length : 1;
  return 0.5 * (1 + std::cos(std::numbers::pi * std::min(share, 1.0)));
}

class Training {
 public:
  Training(const FitData& data, const NetworkFit& fit)
      : data_(data),
        fit_(fit),
        network_(fit.layers, fit.seed, fit.zero_last),
        adam_(network_.parameters().size()) {
    for (size_t row = 0; row < data.from->rows(); ++row) {
      if (data.Uses(row)) used_.push_back(row);
    }
    batch_ = std::min(fit.batch, used_.size());
  }

  void Run() {
    for (int epoch = 0; epoch < fit_.epochs; ++epoch) {
      ThrowIfInterrupted();
      if (epoch >= fit_.freeze_norm * fit_.epochs) network_.FreezeNorm();
      Epoch(epoch);
    }
  }

  size_t rows() const { return used_.size(); }
  double loss() const { return loss_; }
  const TrainableNetwork& network() const { return network_; }

 private:
  void Epoch(int epoch) {
    std::vector<size_t> order = used_;
    Random random(DeriveSeed(DeriveSeed(fit_.seed, "network order"), static_cast<uint64_t>(epoch)));
    random.Shuffle(order);
    const size_t steps = order.size() / batch_;
    loss_ = 0;
    for (size_t step = 0; step < steps; ++step) {
      // The rate of a step is that of its middle, so that the first one moves too.
      const double done = epoch + (static_cast<double>(step) + 0.5) / static_cast<double>(steps);
      loss_ += Step(order.data() + step * batch_, fit_.rate * RateAt(fit_, done)) /
               static_cast<double>(steps);
    }
    if (std::isfinite(loss_)) return;
    throw Error(ErrorCode::kData, {"fitting an adapter",
                                   fmt::format("the loss is {} after epoch {}", loss_, epoch + 1),
                                   "finite numbers", "Fit with a lower rate, or with unit=true."});
  }

  double Step(const size_t* rows, double rate) {
    x_.clear();
    y_.clear();
    for (size_t i = 0; i < batch_; ++i) {
      AppendRow(*data_.from, kModelToMap, rows[i], fit_.unit_rows, scratch_, x_);
      AppendRow(*data_.to, kModelToMapTo, rows[i], fit_.unit_rows, scratch_, y_);
      SubtractSkip(fit_.skip, x_, y_);
    }
    const std::vector<double> output = network_.Forward(x_, batch_);
    slope_.resize(output.size());
    const double loss = fit_.loss(output, y_, {rows, rows + batch_}, slope_);
    network_.Backward(slope_, gradient_);
    adam_.Step(rate, fit_.weight_decay, gradient_, network_.parameters());
    return loss;
  }

  const FitData& data_;
  const NetworkFit& fit_;
  TrainableNetwork network_;
  Adam adam_;
  std::vector<size_t> used_;
  size_t batch_ = 0;
  std::vector<double> x_, y_, slope_, gradient_;
  std::vector<float> scratch_;
  double loss_ = 0;
};

}  // namespace

double SquaredError(const std::vector<double>& output, const std::vector<double>& target,
                    const std::vector<size_t>& /*rows*/, std::vector<double>& slope) {
  const auto elements = static_cast<double>(output.size());
  double sum = 0;
  for (size_t i = 0; i < output.size(); ++i) {
    const double error = output[i] - target[i];
    sum += error * error;
    slope[i] = 2 / elements * error;
  }
  return sum / elements;
}

void ReadTraining(JsonReader& parameters, int64_t least_batch, NetworkFit& fit) {
  fit.unit_rows = parameters.Bool("unit");
  fit.epochs = static_cast<int>(parameters.Integer("epochs", 1, 10'000));
  fit.batch = static_cast<size_t>(parameters.Integer("batch", least_batch, 1'000'000));
  fit.rate = parameters.Number("rate", 1e-9, 10);
  fit.weight_decay = parameters.Number("weight_decay", 0, 10);
  fit.seed = static_cast<uint64_t>(parameters.Integer("seed", 0, INT32_MAX));
}

DenseNetwork TrainNetwork(const FitData& data, const NetworkFit& fit, AdapterState& state) {
  Training training(data, fit);
  training.Run();
  state.numbers["rows"] = static_cast<double>(training.rows());
  state.numbers["loss"] = training.loss();
  return {training.network().Folded(), fit.skip, fit.unit_rows};
}

void FitNetwork(const FitData& data, const NetworkFit& fit, AdapterState& state) {
  StoreNetwork(TrainNetwork(data, fit, state), state);
}

}  // namespace bcr
