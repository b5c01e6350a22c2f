#include "protocols/optimisation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "protocols/overrides.h"

namespace bcr {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Optimisation Read(const Json& json, bool with_warmup = true) {
  JsonReader reader(json, "x.json");
  const Optimisation read = ReadOptimisation(reader, 0.01, with_warmup);
  reader.Finish();
  return read;
}

std::string Refusal(const Json& json, bool with_warmup = true) {
  try {
    Read(json, with_warmup);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    return error.what();
  }
  return "(nothing thrown)";
}

Protocol Resolve(const std::vector<std::string>& overrides) {
  return ResolveProtocol("in-domain-data", "quick", overrides);
}

TEST(Optimisation, NothingIsGivenByDefault) {
  EXPECT_EQ(GivenOptimisation(Read(Json::object())), Json::object());
  EXPECT_EQ(OptimisationText({}), "");
}

TEST(Optimisation, EveryKeyIsReadBack) {
  const Json sgd = {{"optimiser", "sgd"},
                    {"sgd_momentum", 0.8},
                    {"nesterov", true},
                    {"schedule", "polynomial"},
                    {"final_lr", 0.001},
                    {"flat_epochs", 3},
                    {"power", 2.0},
                    {"per_step", true},
                    {"warmup_shape", "constant"}};
  const Json adamw = {
      {"optimiser", "adamw"},       {"amsgrad", true},          {"adam_betas", {0.5, 0.99}},
      {"schedule", "cosine"},       {"bias_rate_factor", 2.0},  {"head_rate_factor", 10.0},
      {"bias_decay_factor", 0.0},   {"norm_decay_factor", 0.5}, {"head_decay_factor", 3.0},
      {"clip_norm", 5.0},           {"accumulate", 4},          {"ghost_batch", 8},
      {"freeze_backbone_epochs", 2}};
  for (const Json& json : {sgd, adamw}) EXPECT_EQ(GivenOptimisation(Read(json)), json);
  Json both = sgd;
  both.update(adamw);
  EXPECT_EQ(both.size(), OptimisationJson({}).size()) << "a key that this test does not know";
  EXPECT_EQ(OptimisationText(Read({{"optimiser", "adamw"}, {"clip_norm", 5.0}})),
            "clip_norm 5.0, optimiser adamw");
}

TEST(Optimisation, WrongValuesNameThePlaceAndWhatIsExpected) {
  EXPECT_THAT(Refusal({{"optimiser", "adamm"}}),
              AllOf(HasSubstr("x.json: optimiser"), HasSubstr("adamm"), HasSubstr("adamw, sgd")));
  EXPECT_THAT(Refusal({{"schedule", "cosin"}}), HasSubstr("did you mean `cosine`"));
  EXPECT_THAT(Refusal({{"schedule", "cosine"}, {"final_lr", 0.02}}),
              AllOf(HasSubstr("x.json: final_lr"), HasSubstr("[0, 0.01]")));
  for (const Json& betas : {Json(0.9), Json({0.9}), Json({0.9, 1.0}), Json({-0.1, 0.9}),
                            Json({"a", 0.9}), Json({0.9, 0.9, 0.9})})
    EXPECT_THAT(Refusal({{"adam_betas", betas}}), HasSubstr("x.json: adam_betas")) << betas;
  EXPECT_THAT(Refusal({{"accumulate", 0}}), HasSubstr("x.json: accumulate"));
  EXPECT_THAT(Refusal({{"ghost_batch", 1}}), HasSubstr("no statistics of one image"));
  EXPECT_THAT(Refusal({{"clip_norm", -1}}), HasSubstr("x.json: clip_norm"));
  EXPECT_THAT(Refusal({{"head_rate_factor", -1}}), HasSubstr("x.json: head_rate_factor"));
  EXPECT_THAT(Refusal({{"freeze_backbone_epochs", 0.5}}), HasSubstr("an integer"));
  EXPECT_THAT(Refusal({{"warmup_shape", "linear"}}, /*with_warmup=*/false),
              HasSubstr("an unknown key"));
}

TEST(Optimisation, AKeyThatDecidesNothingBesideTheOthersIsRefused) {
  EXPECT_THAT(Refusal({{"optimiser", "sgd"}, {"amsgrad", true}}),
              AllOf(HasSubstr("x.json: amsgrad"), HasSubstr("optimiser adam or adamw")));
  EXPECT_THAT(Refusal({{"optimiser", "sgd"}, {"adam_betas", {0.5, 0.9}}}), HasSubstr("adam_betas"));
  EXPECT_THAT(Refusal({{"nesterov", true}}), HasSubstr("optimiser sgd beside it"));
  EXPECT_THAT(Refusal({{"sgd_momentum", 0.5}}), HasSubstr("optimiser sgd beside it"));
  EXPECT_THAT(Refusal({{"optimiser", "sgd"}, {"sgd_momentum", 0}, {"nesterov", true}}),
              HasSubstr("momentum above 0"));
  EXPECT_THAT(Refusal({{"final_lr", 0.001}}), HasSubstr("schedule cosine or polynomial"));
  EXPECT_THAT(Refusal({{"schedule", "constant"}, {"flat_epochs", 3}}), HasSubstr("flat_epochs"));
  EXPECT_THAT(Refusal({{"schedule", "cosine"}, {"power", 2.0}}), HasSubstr("schedule polynomial"));
  EXPECT_EQ(Refusal({{"amsgrad", false}, {"optimiser", "sgd"}}), "(nothing thrown)");
}

// Keys that the profile does not name, by --set; models without labels have theirs.
TEST(Optimisation, MayBeSetAndThenIsUnofficial) {
  const Protocol protocol =
      Resolve({"optimiser=sgd", "nesterov=true", "schedule=cosine", "final_lr=7e-7",
               "without_labels.optimiser=adamw", "without_labels.clip_norm=5"});
  EXPECT_EQ(
      GivenOptimisation(protocol.profile.optimisation),
      (Json{{"optimiser", "sgd"}, {"nesterov", true}, {"schedule", "cosine"}, {"final_lr", 7e-7}}));
  EXPECT_EQ(GivenOptimisation(protocol.profile.without_labels.optimisation),
            (Json{{"optimiser", "adamw"}, {"clip_norm", 5}}));
  EXPECT_THAT(protocol.unofficial_reasons,
              Contains("profile.optimiser is locked: \"sgd\" instead of \"adam\""));
  EXPECT_THAT(protocol.unofficial_reasons,
              Contains(HasSubstr("profile.without_labels.clip_norm is locked")));
  EXPECT_THAT(Resolve({"adam_betas=0.8,0.99"}).profile.optimisation.adam_betas,
              ElementsAre(0.8, 0.99));
  const Profile plain = Resolve({"optimiser=adam"}).profile;
  EXPECT_EQ(ProfileJson(plain), ProfileJson(FindProfile("quick"))) << "the value in force again";
}

TEST(Optimisation, MistakesInSetAreNamed) {
  const auto refusal = [](const std::string& text) {
    try {
      Resolve({text});
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("(nothing thrown)");
  };
  EXPECT_THAT(refusal("optimizer=sgd"), HasSubstr("`optimiser`"));
  EXPECT_THAT(refusal("optimiser=lamb"), HasSubstr("profile quick: optimiser"));
  EXPECT_THAT(refusal("accumulate=two"), HasSubstr("a whole number"));
  EXPECT_THAT(refusal("without_labels.warmup_shape=constant"), HasSubstr("unknown key"));
  EXPECT_THAT(refusal("without_labels.nesterov=true"), HasSubstr("without_labels.nesterov"));
}

TEST(Optimisation, ACompleteProfileHoldsEveryKey) {
  const Profile quick = FindProfile("quick");
  Json complete = CompleteProfileJson(quick);
  const Json all = OptimisationJson({});
  for (const auto& [key, value] : all.items()) {
    EXPECT_EQ(complete.at(key), value);
    EXPECT_EQ(complete.at("without_labels").value(key, Json()),
              key == "warmup_shape" ? Json() : value);
  }
  EXPECT_EQ(ProfileJson(ProfileFromJson(complete, "x")), ProfileJson(quick));
  EXPECT_FALSE(ProfileJson(quick).contains("optimiser"));
}

}  // namespace
}  // namespace bcr
