#include "protocols/optimisation.h"

#include <fmt/format.h>

#include <initializer_list>
#include <nlohmann/json.hpp>

#include "protocols/parse.h"

namespace bcr {
namespace {

constexpr double kMaxFactor = 1e6;

std::array<double, 2> ReadBetas(JsonReader& reader, const std::array<double, 2>& fallback) {
  const std::string key = "adam_betas";
  const Json& list = reader.Raw(key, /*required=*/false);
  if (list.is_null()) return fallback;
  const auto refuse = [&] {
    protocol::Refuse(protocol::KeyPath(reader, key), list.dump(),
                     "two numbers from 0 to less than 1, e.g. 0.9,0.999");
  };
  if (!list.is_array() || list.size() != 2) refuse();
  std::array<double, 2> betas{};
  for (size_t i = 0; i < betas.size(); ++i) {
    if (!list[i].is_number()) refuse();
    betas[i] = list[i].get<double>();
    if (!(betas[i] >= 0 && betas[i] < 1)) refuse();
  }
  return betas;
}

void ReadOptimiser(JsonReader& reader, Optimisation& into) {
  into.optimiser = reader.Choice("optimiser", {"adam", "adamw", "sgd"}, into.optimiser);
  into.amsgrad = reader.Bool("amsgrad", into.amsgrad);
  into.adam_betas = ReadBetas(reader, into.adam_betas);
  into.sgd_momentum = reader.Number("sgd_momentum", 0, 0.9999, into.sgd_momentum);
  into.nesterov = reader.Bool("nesterov", into.nesterov);
}

void ReadSchedule(JsonReader& reader, double lr, bool with_warmup, Optimisation& into) {
  into.schedule =
      reader.Choice("schedule", {"step", "cosine", "polynomial", "constant"}, into.schedule);
  into.final_lr = reader.Number("final_lr", 0, lr, into.final_lr);
  into.flat_epochs = static_cast<int>(reader.Integer("flat_epochs", 0, 1000000, into.flat_epochs));
  into.power = reader.Number("power", 0.01, 100, into.power);
  into.per_step = reader.Bool("per_step", into.per_step);
  if (with_warmup)
    into.warmup_shape = reader.Choice("warmup_shape", {"linear", "constant"}, into.warmup_shape);
}

void ReadGroups(JsonReader& reader, Optimisation& into) {
  const auto factor = [&](const char* key, double& value) {
    value = reader.Number(key, 0, kMaxFactor, value);
  };
  factor("bias_rate_factor", into.bias_rate_factor);
  factor("head_rate_factor", into.head_rate_factor);
  factor("bias_decay_factor", into.bias_decay_factor);
  factor("norm_decay_factor", into.norm_decay_factor);
  factor("head_decay_factor", into.head_decay_factor);
}

// Settings that decide nothing beside the others are mistakes.
void RefuseIdle(const JsonReader& reader, const Optimisation& read) {
  const Json given = GivenOptimisation(read);
  const auto needs = [&](bool there, std::initializer_list<const char*> keys, const char* what) {
    if (there) return;
    for (const char* key : keys) {
      if (!given.contains(key)) continue;
      protocol::Refuse(protocol::KeyPath(reader, key), given.at(key).dump(),
                       fmt::format("{} beside it", what),
                       "It changes nothing there: leave it out, or change the other key.");
    }
  };
  const bool sgd = read.optimiser == "sgd", cosine = read.schedule == "cosine",
             polynomial = read.schedule == "polynomial";
  needs(!sgd, {"amsgrad", "adam_betas"}, "optimiser adam or adamw");
  needs(sgd, {"sgd_momentum", "nesterov"}, "optimiser sgd");
  needs(read.sgd_momentum > 0, {"nesterov"}, "an sgd_momentum above 0");
  needs(cosine || polynomial, {"final_lr", "flat_epochs"}, "schedule cosine or polynomial");
  needs(polynomial, {"power"}, "schedule polynomial");
}

}  // namespace

Optimisation ReadOptimisation(JsonReader& reader, double lr, bool with_warmup) {
  Optimisation read;
  ReadOptimiser(reader, read);
  ReadSchedule(reader, lr, with_warmup, read);
  ReadGroups(reader, read);
  read.clip_norm = reader.Number("clip_norm", 0, 1e9, read.clip_norm);
  read.accumulate = static_cast<int>(reader.Integer("accumulate", 1, 65536, read.accumulate));
  read.ghost_batch = static_cast<int>(reader.Integer("ghost_batch", 0, 65536, read.ghost_batch));
  if (read.ghost_batch == 1) {
    protocol::Refuse(protocol::KeyPath(reader, "ghost_batch"), "1", "0, or 2 and more",
                     "Batch normalisation has no statistics of one image.");
  }
  read.freeze_backbone_epochs = static_cast<int>(
      reader.Integer("freeze_backbone_epochs", 0, 1000000, read.freeze_backbone_epochs));
  RefuseIdle(reader, read);
  return read;
}

Json OptimisationJson(const Optimisation& o) {
  return {{"optimiser", o.optimiser},
          {"amsgrad", o.amsgrad},
          {"adam_betas", o.adam_betas},
          {"sgd_momentum", o.sgd_momentum},
          {"nesterov", o.nesterov},
          {"schedule", o.schedule},
          {"final_lr", o.final_lr},
          {"flat_epochs", o.flat_epochs},
          {"power", o.power},
          {"per_step", o.per_step},
          {"warmup_shape", o.warmup_shape},
          {"bias_rate_factor", o.bias_rate_factor},
          {"head_rate_factor", o.head_rate_factor},
          {"bias_decay_factor", o.bias_decay_factor},
          {"norm_decay_factor", o.norm_decay_factor},
          {"head_decay_factor", o.head_decay_factor},
          {"clip_norm", o.clip_norm},
          {"accumulate", o.accumulate},
          {"ghost_batch", o.ghost_batch},
          {"freeze_backbone_epochs", o.freeze_backbone_epochs}};
}

Json GivenOptimisation(const Optimisation& optimisation) {
  Json given = OptimisationJson(optimisation);
  const Json absent = OptimisationJson({});
  for (const auto& [key, value] : absent.items()) {
    if (given.at(key) == value) given.erase(key);
  }
  return given;
}

std::string OptimisationText(const Optimisation& optimisation) {
  const Json given = GivenOptimisation(optimisation);
  std::string text;
  for (const auto& [key, value] : given.items()) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", key,
                        value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

}  // namespace bcr
