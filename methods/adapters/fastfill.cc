#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "harness/adapt/adapter.h"
#include "harness/adapt/dense_network.h"
#include "harness/adapt/fit_data.h"
#include "harness/core/json.h"
#include "harness/features/row_source.h"
#include "methods/adapters/fct_fit.h"

namespace bcr {
namespace {

constexpr char kVarianceWeights[] = "variance_weights";  // 1 x hidden
constexpr char kVarianceOffset[] = "variance_offset";    // 1 x 1

// The mean target of each identity, of unit length: what stands for the new model's classifier.
struct Classes {
  std::vector<size_t> of_row;  // of each row of the data
  std::vector<double> centre;  // classes x width
  size_t width = 0;
  size_t count() const { return width == 0 ? 0 : centre.size() / width; }
};

void MakeUnit(double* row, size_t width) {
  double square = 0;
  for (size_t k = 0; k < width; ++k) square += row[k] * row[k];
  const double length = std::max(std::sqrt(square), 1e-12);
  for (size_t k = 0; k < width; ++k) row[k] /= length;
}

Classes ClassesOf(const FitData& data) {
  Classes classes;
  if (data.labels.empty()) return classes;
  classes.width = data.to->cols();
  std::map<std::string, size_t> known;
  std::vector<float> scratch(classes.width);
  std::vector<double> unit(classes.width);
  for (size_t row = 0; row < data.to->rows(); ++row) {
    const size_t label = known.emplace(data.labels[row], known.size()).first->second;
    classes.of_row.push_back(label);
    classes.centre.resize(known.size() * classes.width, 0.0);
    if (!data.Uses(row)) continue;
    const float* const values = data.to->Row(row, scratch.data());
    std::copy_n(values, classes.width, unit.data());
    MakeUnit(unit.data(), classes.width);
    for (size_t k = 0; k < classes.width; ++k) classes.centre[label * classes.width + k] += unit[k];
  }
  for (size_t c = 0; c < known.size(); ++c)
    MakeUnit(classes.centre.data() + c * classes.width, classes.width);
  return classes;
}

struct Weights {
  double discrimination, scale;
};

// Negative log-likelihood of one target (width) under a Gaussian around the output (width + 1, the
// last one the logarithm of its variance).
double Likelihood(const double* output, const double* target, size_t width, double share,
                  double* slope) {
  const double log_variance = output[width], precision = std::exp(-log_variance);
  double square = 0;
  for (size_t k = 0; k < width; ++k) {
    const double error = output[k] - target[k];
    square += error * error;
    slope[k] = share * error * precision;
  }
  const auto d = static_cast<double>(width);
  slope[width] = share * 0.5 * (d - square * precision);
  return share * 0.5 * (square * precision + d * log_variance);
}

// Cross-entropy of scale * <output, centre> over the classes.
double Discrimination(const Classes& classes, size_t label, const Weights& weights, double share,
                      const double* output, double* slope) {
  std::vector<double> logits(classes.count());
  for (size_t c = 0; c < logits.size(); ++c) {
    const double* const centre = classes.centre.data() + c * classes.width;
    for (size_t k = 0; k < classes.width; ++k) logits[c] += weights.scale * output[k] * centre[k];
  }
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const double logit : logits) sum += std::exp(logit - largest);
  const double factor = share * weights.discrimination;
  for (size_t c = 0; c < logits.size(); ++c) {
    const double p = std::exp(logits[c] - largest) / sum - (c == label ? 1.0 : 0.0);
    const double* const centre = classes.centre.data() + c * classes.width;
    for (size_t k = 0; k < classes.width; ++k) slope[k] += factor * weights.scale * p * centre[k];
  }
  return factor * (largest + std::log(sum) - logits[label]);
}

NetworkLoss LossOf(Classes classes, Weights weights, size_t width) {
  return [classes = std::move(classes), weights, width](
             const std::vector<double>& output, const std::vector<double>& target,
             const std::vector<size_t>& rows, std::vector<double>& slope) {
    const double share = 1 / static_cast<double>(rows.size());
    double loss = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      const double* const from = output.data() + i * (width + 1);
      double* const to = slope.data() + i * (width + 1);
      loss += Likelihood(from, target.data() + i * width, width, share, to);
      if (classes.count() == 0 || weights.discrimination == 0) continue;
      loss += Discrimination(classes, classes.of_row[rows[i]], weights, share, from, to);
    }
    return loss;
  };
}

// The last layer without its last output, which becomes arrays of its own.
void StoreSplit(DenseNetwork network, AdapterState& state) {
  DenseLayer& last = network.layers.back();
  const size_t width = last.weights.rows() - 1, hidden = last.weights.cols();
  DenseLayer mean{FloatMatrix(width, hidden), FloatMatrix(1, width), false};
  std::copy_n(last.weights.data(), width * hidden, mean.weights.data());
  std::copy_n(last.offset.data(), width, mean.offset.data());
  FloatMatrix weights(1, hidden), offset(1, 1);
  std::copy_n(last.weights.row(width), hidden, weights.data());
  offset.data()[0] = last.offset.data()[width];
  last = std::move(mean);
  StoreNetwork(network, state);
  state.arrays[kVarianceWeights] = std::move(weights);
  state.arrays[kVarianceOffset] = std::move(offset);
}

AdapterState Fit(const FitData& data, JsonReader& parameters) {
  const size_t out = data.to->cols();
  NetworkFit fit = FctFit(data.from->cols(), out, out + 1, parameters);
  const Weights weights{parameters.Number("discrimination", 0, 1e6),
                        parameters.Number("scale", 0, 1e3)};
  fit.loss = LossOf(ClassesOf(data), weights, out);
  AdapterState state;
  StoreSplit(TrainNetwork(data, fit, state), state);
  return state;
}

// The network with its last layer's place taken by the logarithm of the variance.
std::shared_ptr<const RowSource> Uncertainty(const AdapterState& state,
                                             std::shared_ptr<const RowSource> rows) {
  DenseNetwork network = ReadNetwork(state);
  DenseLayer& last = network.layers.back();
  last.weights = ArrayOf(state, kVarianceWeights, 1, last.weights.cols());
  last.offset = ArrayOf(state, kVarianceOffset, 1, 1);
  return NewNetworkRows(network, std::move(rows));
}

}  // namespace

// The map of FastFill: the network of `fct`, which also says how uncertain each mapped row is. Its
// outputs are a mean m (d_out) and a logarithm of a variance v; over paired rows X and Y it minimises
//   mean_i [ |m_i - y_i|^2 / (2 v_i) + (d_out / 2) log v_i ] + discrimination * CE(scale W m_i, c_i).
// Mapped rows are the means. Backfilling begins with the most uncertain gallery rows (the order
// `uncertainty` of --backfill).
//   mixer, unit, epochs, warmup_epochs, batch, rate, weight_decay, seed  as those of `fct`
//   discrimination, scale  of the second term; W has one row an identity. The paper takes the new
//            model's classifier, which features alone do not show: here the unit mean of its targets
// The likelihood's form was confirmed by arXiv:2509.16664, which restates the method; the weight of
// the second term was not read. Without identities the second term is left out.
const AdapterInfo& adapter_fastfill() {
  static const AdapterInfo info = {
      .name = "fastfill",
      .revision = 1,
      .about = "the network of `fct` with a variance, which orders the backfill",
      .source = "Jaeckle et al., ICLR 2023; reconstruction of its objective",
      .parameters = R"({"mixer": 0, "unit": true, "epochs": 80, "warmup_epochs": 5.0, "batch": 1024,
                        "rate": 0.0005, "weight_decay": 0.000030517578125, "discrimination": 1.0,
                        "scale": 16.0, "seed": 1})",
      .needs = AdapterNeeds::kRows,
      .widths = AdapterWidths::kAny,
      .sides = {AdapterSide::kGallery},
      .fit = Fit,
      .apply = ApplyNetwork,
      .uncertainty = Uncertainty,
      .contract_parameters = "mixer=8,epochs=3,warmup_epochs=1,batch=100",
  };
  return info;
}

}  // namespace bcr
