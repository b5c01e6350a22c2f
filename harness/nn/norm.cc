#include "harness/nn/norm.h"

#include <ATen/ATen.h>

#include "harness/core/error.h"
#include "harness/core/suggest.h"
#include "harness/nn/layers.h"

namespace bcr {
namespace {

constexpr double kMomentum = 0.1;
constexpr double kEpsilon = 1e-5;

}  // namespace

NormKind ParseNorm(const std::string& word) {
  if (word == "plain") return NormKind::kPlain;
  if (word == "domain") return NormKind::kDomain;
  if (word == "rectified") return NormKind::kRectified;
  throw Error(ErrorCode::kConfig, {"model: norm", "`" + word + "`", "plain, domain or rectified",
                                   SuggestionFor(word, {"plain", "domain", "rectified"})});
}

at::Tensor RectifyingGate(const at::Tensor& x, const at::Tensor& weight) {
  const at::Tensor values = x.to(at::promote_types(x.scalar_type(), at::kFloat));
  const bool unbiased = x.size(2) * x.size(3) > 1;  // one place varies by nothing
  const auto [variance, mean] = at::var_mean(values, at::IntArrayRef{2, 3}, unbiased, false);
  const at::Tensor deviation = (variance + kEpsilon).sqrt();
  return at::sigmoid(mean * weight.select(1, 0) + deviation * weight.select(1, 1));
}

BatchNorm::Bank BatchNorm::MakeBank(const LayerContext& context, const std::string& name,
                                    int64_t width, const Options& options, bool gate) {
  using Kind = TensorTable::Kind;
  TensorTable& table = context.tensors;
  Bank bank{};
  bank.weight = &table.Add(name + ".weight", at::ones({width}), Kind::kTrained);
  bank.bias =
      &table.Add(name + ".bias", at::zeros({width}), options.shift ? Kind::kTrained : Kind::kFixed);
  bank.mean = &table.Add(name + ".running_mean", at::zeros({width}), Kind::kFixed);
  bank.variance = &table.Add(name + ".running_var", at::ones({width}), Kind::kFixed);
  bank.batches = &table.Add(name + ".num_batches_tracked", at::zeros({}, at::kLong), Kind::kFixed);
  if (gate) bank.gate = &table.Add(name + ".gate", at::zeros({width, 2}), Kind::kTrained);
  return bank;
}

BatchNorm::BatchNorm(const LayerContext& context, const std::string& name, int64_t width)
    : BatchNorm(context, name, width, Options{}) {}

BatchNorm::BatchNorm(const LayerContext& context, const std::string& name, int64_t width,
                     Options options) {
  const NormChoice& norm = context.norm;
  by_domain_ = norm.kind != NormKind::kPlain;
  if (!by_domain_) {
    banks_.push_back(MakeBank(context, name, width, options, false));
    return;
  }
  const bool gate = options.gate && norm.kind == NormKind::kRectified;
  for (int64_t d = 0; d < norm.domains; ++d) {
    const std::string bank = name + ".bank" + std::to_string(d);
    banks_.push_back(MakeBank(context, bank, width, options, gate));
  }
}

at::Tensor BatchNorm::Bank::InGhostBatches(const at::Tensor& x,
                                           const ForwardContext& context) const {
  const auto normalise = [&](const at::Tensor& part, bool running) {
    return at::batch_norm(part, *weight, *bias, running ? *mean : at::Tensor(),
                          running ? *variance : at::Tensor(), context.training, kMomentum, kEpsilon,
                          /*cudnn_enabled=*/true);
  };
  const int64_t images = x.size(0), size = context.ghost_batch;
  const int64_t parts = context.training && size > 0 ? images / size : 1;
  if (parts < 2) return normalise(x, true);
  std::vector<at::Tensor> normalised;
  for (int64_t i = 0; i < parts; ++i) {
    const int64_t end = i + 1 < parts ? (i + 1) * size : images;
    normalised.push_back(normalise(x.narrow(0, i * size, end - i * size), i == 0));
  }
  return at::cat(normalised, 0);
}

at::Tensor BatchNorm::Bank::Normalised(const at::Tensor& x, const ForwardContext& context) const {
  if (context.training) batches->add_(1);
  const at::Tensor y = InGhostBatches(x, context);
  if (gate == nullptr) return y;
  return y * RectifyingGate(x, *gate).to(y.scalar_type()).unsqueeze(2).unsqueeze(3);
}

void BatchNorm::Forward(const ForwardContext& context, at::Tensor* x) const {
  const std::vector<DomainRun>& runs = context.runs;
  if (!by_domain_ || runs.size() <= 1) {
    const Bank& bank =
        by_domain_ && !runs.empty() ? banks_[static_cast<size_t>(runs[0].domain)] : banks_.back();
    *x = bank.Normalised(*x, context);
    return;
  }
  std::vector<at::Tensor> parts;
  for (const DomainRun& run : runs) {
    const Bank& bank = banks_[static_cast<size_t>(run.domain)];
    parts.push_back(bank.Normalised(x->narrow(0, run.begin, run.count), context));
  }
  *x = at::cat(parts, 0);
}

}  // namespace bcr
