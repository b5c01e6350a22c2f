// What a plan shares and what it keeps apart, on a listed data set that has no pixels.
#include "harness/plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/plan/method_choice.h"
#include "tests/unit/plan/toy_plan.h"

namespace bcr {
namespace {

using testing::Find;
using testing::Planned;

TEST(Plan, EqualTrainingsAreSharedAcrossRowsAndSettings) {
  Planned planned;
  planned.request.methods = {"independent", "pull"};
  const Plan plan = planned.Make();
  ASSERT_EQ(plan.runs.size(), 10U);
  const auto model = [&](const char* setting, const char* method, const char* key) {
    return Find(plan, setting, method).models.at(key);
  };
  // The independent new model sees all labelled target images in three settings: trained once.
  EXPECT_EQ(model("in-domain-data", "independent", "new"),
            model("in-domain-identities", "independent", "new"));
  EXPECT_EQ(model("in-domain-data", "independent", "new"),
            model("cross-domain-supervised", "independent", "new"));
  EXPECT_EQ(model("in-domain-data", "pull", "paragon"),
            model("in-domain-data", "independent", "new"));
  EXPECT_EQ(model("cross-domain-supervised", "pull", "old"),
            model("cross-domain-unsupervised", "pull", "old"));
  EXPECT_NE(model("in-domain-data", "pull", "new"), model("in-domain-identities", "pull", "new"));
  EXPECT_NE(model("in-domain-data", "pull", "old"), model("in-domain-identities", "pull", "old"));
  std::set<std::string> keys;
  for (const Step& step : plan.steps)
    EXPECT_TRUE(keys.insert(step.folder + step.key).second) << step.title;
}

TEST(Plan, RolesNeverBeginFromEqualWeights) {
  Planned planned;
  planned.request.methods = {"pull"};
  const Plan plan = planned.Make();
  for (const PlannedRun& run : plan.runs) {
    const ModelWork& old = plan.Model(run.models.at("old"));
    const ModelWork& fresh = plan.Model(run.models.at("new"));
    EXPECT_NE(old.seed, fresh.seed);
    if (run.protocol->setting.name == "cross-domain-unsupervised") {
      ASSERT_TRUE(fresh.start.has_value());
      EXPECT_NE(*fresh.start, run.models.at("old"));
      EXPECT_NE(plan.Model(*fresh.start).seed, old.seed);
    } else {
      EXPECT_FALSE(fresh.start.has_value());
    }
  }
}

TEST(Plan, NullTakesTheOldModelAsNew) {
  Planned planned;
  planned.request.methods = {"null"};
  const Plan plan = planned.Make();
  for (const PlannedRun& run : plan.runs) EXPECT_EQ(run.models.at("new"), run.models.at("old"));
}

TEST(Plan, AMethodThatNeedsLabelsIsLeftOutWithTheReason) {
  Planned planned;
  planned.request.methods = {"labelled"};
  const Plan plan = planned.Make();
  EXPECT_EQ(plan.runs.size(), 4U);
  ASSERT_EQ(plan.left_out.size(), 1U);
  EXPECT_NE(plan.left_out[0].find("cross-domain-unsupervised"), std::string::npos);
}

// Old and new model share a classifier with places for people: both get its width, and the same
// person the same number, whichever of them sees more people.
TEST(Plan, ABaseOfEarlierModelsSharesThePlacesOfPeople) {
  Planned planned;
  planned.request.methods = {"stationary", "independent"};
  planned.request.settings = {"in-domain-identities", "cross-domain-supervised"};
  const Plan plan = planned.Make();
  const PlannedRun& run = Find(plan, "in-domain-identities", "stationary");
  const ModelWork& old = plan.Model(run.models.at("old"));
  const ModelWork& fresh = plan.Model(run.models.at("new"));
  EXPECT_EQ(old.base.name, "places");
  EXPECT_EQ(fresh.base.name, "places");
  EXPECT_EQ(old.spec.FeatureWidth(), 39);
  EXPECT_EQ(fresh.spec.FeatureWidth(), 39);
  const std::vector<std::string>& few = old.views[0].identities;
  const std::vector<std::string>& many = fresh.views[0].identities;
  ASSERT_LT(few.size(), many.size());
  ASSERT_EQ(old.people.size(), few.size());
  ASSERT_EQ(fresh.people.size(), many.size());
  for (size_t i = 0; i < few.size(); ++i) {
    const auto at = std::find(many.begin(), many.end(), few[i]) - many.begin();
    EXPECT_EQ(old.people[i], fresh.people[static_cast<size_t>(at)]) << few[i];
  }
  EXPECT_EQ(std::set<int64_t>(fresh.people.begin(), fresh.people.end()).size(), many.size());
  // Models that are not compared with it stay what they are for every method.
  EXPECT_EQ(run.models.at("paragon"),
            Find(plan, "in-domain-identities", "independent").models.at("paragon"));
  EXPECT_TRUE(plan.Model(run.models.at("paragon")).people.empty());
  // People of two data sets are different ones.
  const PlannedRun& cross = Find(plan, "cross-domain-supervised", "stationary");
  const std::vector<int64_t>& source = plan.Model(cross.models.at("old")).people;
  const std::vector<int64_t>& target = plan.Model(cross.models.at("new")).people;
  for (const int64_t number : source)
    EXPECT_EQ(std::find(target.begin(), target.end(), number), target.end());
}

// Extra dimensions are added to the widest model's; a term that wants the model trained alone
// has it made first, once for all methods.
TEST(Plan, AWiderModelIsComparedByItsRotationAndBesideItselfAlone) {
  Planned planned;
  planned.request.methods = {"wider", "independent"};
  planned.request.settings = {"in-domain-identities"};
  const Plan plan = planned.Make();
  const PlannedRun& run = Find(plan, "in-domain-identities", "wider");
  const ModelWork& fresh = plan.Model(run.models.at("new"));
  const size_t old = run.models.at("old");
  EXPECT_EQ(fresh.spec.FeatureWidth(), plan.Model(old).spec.FeatureWidth() + 5);
  EXPECT_EQ(fresh.widths, "orthogonal");
  ASSERT_EQ(fresh.earlier.size(), 2U);
  EXPECT_EQ(fresh.earlier[0].model, old);
  EXPECT_FALSE(fresh.earlier[0].alone);
  EXPECT_TRUE(fresh.earlier[1].alone);
  EXPECT_EQ(fresh.earlier[1].model,
            Find(plan, "in-domain-identities", "independent").models.at("new"));
  for (const PlannedCell& cell : run.cells) {
    if (cell.query_model != "new" || cell.gallery_model != "old") continue;
    const auto& work = std::get<CellWork>(plan.steps[cell.step].work);
    const CellSide& query = std::get<std::pair<CellSide, CellSide>>(work.sides).first;
    EXPECT_EQ(query.projection_of, run.models.at("new"));
    EXPECT_EQ(query.earlier, 0U);
    EXPECT_EQ(work.widths, "project");
    EXPECT_EQ(work.width, static_cast<size_t>(plan.Model(old).spec.FeatureWidth()));
  }
}

// Such an adapter takes the old model's features of the same queries, and is chosen on validation
// images of both.
TEST(Plan, AnAdapterThatNeedsBothModelsIsGivenBoth) {
  Planned planned;
  planned.request.methods = {"joined"};
  planned.request.settings = {"in-domain-data"};
  const Plan plan = planned.Make();
  const PlannedRun& run = plan.runs.front();
  ASSERT_EQ(run.adapters.size(), 1U);
  const auto& adapter = std::get<AdapterWork>(plan.steps[run.adapters[0].step].work);
  ASSERT_TRUE(adapter.held);
  for (const auto& [held, fitted] : {std::pair(adapter.held->first, adapter.from),
                                     std::pair(adapter.held->second, adapter.to)}) {
    const auto& chosen = std::get<FeaturesWork>(plan.steps[held].work);
    EXPECT_EQ(chosen.model, std::get<FeaturesWork>(plan.steps[fitted].work).model);
    EXPECT_EQ(chosen.images.parts[0].hash, run.views->validation.at("target").hash);
  }
  for (const PlannedCell& cell : run.cells) {
    const auto& sides = std::get<std::pair<CellSide, CellSide>>(
        std::get<CellWork>(plan.steps[cell.step].work).sides);
    const bool mixed = cell.query_model == "new" && cell.gallery_model == "old";
    EXPECT_EQ(sides.first.beside.has_value(), mixed);
    if (!mixed) continue;
    const auto& beside = std::get<FeaturesWork>(plan.steps[*sides.first.beside].work);
    EXPECT_EQ(beside.model, run.models.at("old"));
    EXPECT_EQ(beside.images.parts[0].split, Split::kQuery);
    EXPECT_NE(std::find(plan.steps[cell.step].needs.begin(), plan.steps[cell.step].needs.end(),
                        *sides.first.beside),
              plan.steps[cell.step].needs.end());
  }
}

// In the chain the last model is compared with the first, to which it has no map.
TEST(Plan, ALearnedMapIsNotUsedBetweenModelsThatItDoesNotJoin) {
  Planned planned;
  planned.request.methods = {"wider"};
  planned.request.settings = {"in-domain-chain", "in-domain-chain-all"};
  const Plan plan = planned.Make();
  ASSERT_EQ(plan.runs.size(), 1U);
  EXPECT_EQ(plan.runs[0].protocol->setting.name, "in-domain-chain-all");
  EXPECT_EQ(plan.left_out, std::vector<std::string>{
                               "wider in in-domain-chain: it learns a map to the models that it "
                               "is compatible with, and v3 is compared with v1 all the same"});
}

TEST(Plan, ATermThatNeedsAClassifierIsLeftOutWhereThereIsNone) {
  Planned planned;
  planned.request.methods = {"headed"};
  planned.request.settings = {"in-domain-data", "cross-domain-unsupervised"};
  const Plan plan = planned.Make();
  EXPECT_EQ(plan.runs.size(), 1U);
  EXPECT_EQ(plan.left_out, std::vector<std::string>{
                               "headed in cross-domain-unsupervised: its term `headed` needs a "
                               "classifier, which the base `cluster-contrast` does not have"});
}

TEST(Plan, MoreTrainingPeopleThanPlacesLeaveAMethodOut) {
  Planned planned;
  planned.request.methods = {"stationary"};
  planned.request.settings = {"in-domain-data", "cross-domain-supervised",
                              "cross-domain-unsupervised"};
  planned.request.overrides = {"places.people=30"};
  const Plan plan = planned.Make();
  EXPECT_EQ(plan.runs.size(), 1U);
  ASSERT_EQ(plan.left_out.size(), 2U);
  EXPECT_EQ(plan.left_out[0],
            "stationary in cross-domain-supervised: the training data show 40 people, and `places` "
            "has places for 30 (raise it: --set places.people)");
  EXPECT_EQ(plan.left_out[1],
            "stationary in cross-domain-unsupervised: its base learner needs labels");
}

TEST(Plan, WithoutARowNothingIsMade) {
  Planned planned;
  planned.request.methods = {"labelled"};
  planned.request.settings = {"cross-domain-unsupervised"};
  EXPECT_TRUE(planned.Make().steps.empty());
}

TEST(Plan, WhatDecidesBytesDecidesTheKey) {
  const auto key = [](const std::function<void(RunRequest&)>& change) {
    Planned planned;
    planned.request.methods = {"pull"};
    planned.request.settings = {"in-domain-data"};
    change(planned.request);
    const Plan plan = planned.Make();
    return plan.steps[plan.runs.front().models.at("new")].key;
  };
  const std::string base = key([](RunRequest&) {});
  EXPECT_EQ(base, key([](RunRequest& r) { r.threads = 7; }));
  EXPECT_NE(base, key([](RunRequest& r) { r.first_seed = 2; }));
  EXPECT_NE(base, key([](RunRequest& r) { r.overrides = {"profile.epochs=3"}; }));
  EXPECT_NE(base, key([](RunRequest& r) { r.overrides = {"setting.old.images=0.3"}; }))
      << "another old model";
  EXPECT_NE(base, key([](RunRequest& r) { r.compatibility_weight = 2; }));
  EXPECT_NE(base, key([](RunRequest& r) { r.overrides = {"augmenters.standard.pad=3"}; }));
}

TEST(Plan, TheRevisionsOfWhatAModelIsMadeOfAreInItsKey) {
  Planned planned;
  planned.request.methods = {"pull"};
  planned.request.settings = {"in-domain-data"};
  const Plan plan = planned.Make();
  const Json& inputs = plan.steps[plan.runs.front().models.at("new")].inputs;
  const std::string backbone = inputs.at("spec").at("backbone");
  EXPECT_EQ(inputs.at("spec").at("backbone_revision"), ChooseBackbone(backbone).info->revision);
  EXPECT_EQ(inputs.at("revisions").at("toy"), 1);
}

// Augmenters with their parameters and revisions decide a model. The standard one alone keeps the
// form in which models were stored before there were others.
TEST(Plan, AugmentersAreInTheKey) {
  const auto options = [](const char* method) {
    Planned planned;
    planned.request.methods = {method};
    planned.request.settings = {"in-domain-data"};
    const Plan plan = planned.Make();
    return plan.steps[plan.runs.front().models.at("new")].inputs.at("options");
  };
  const Json alone = options("labelled"), both = options("augmented");
  EXPECT_EQ(alone.at("augment").at("pad"), 2);
  EXPECT_FALSE(alone.contains("augmenters"));
  EXPECT_FALSE(both.contains("augment"));
  ASSERT_EQ(both.at("augmenters").size(), 2U);
  EXPECT_EQ(both.at("augmenters")[0].at("parameters"), alone.at("augment"));
  EXPECT_EQ(both.at("augmenters")[1],
            (Json{{"augmenter", "other"}, {"revision", 4}, {"parameters", {{"share", 0.2}}}}));
}

// Stored models keep their keys: a setting of the optimisation is in one only where it is given, and a
// model without labels has its own.
TEST(Plan, TheOptimisationIsInTheKeyWhereItIsGiven) {
  const auto options = [](const std::vector<std::string>& overrides, const char* setting) {
    Planned planned;
    planned.request.settings = {setting};
    planned.request.overrides = overrides;
    const Plan plan = planned.Make();
    return plan.steps[plan.runs.front().models.at("new")].inputs.at("options");
  };
  const char* labelled = "in-domain-data";
  const char* unlabelled = "cross-domain-unsupervised";
  EXPECT_FALSE(options({}, labelled).contains("optimisation"));
  EXPECT_EQ(options({"optimiser=adam", "clip_norm=0"}, labelled), options({}, labelled));
  EXPECT_EQ(options({"optimiser=adamw", "clip_norm=5"}, labelled).at("optimisation"),
            (Json{{"optimiser", "adamw"}, {"clip_norm", 5}}));
  EXPECT_EQ(options({"optimiser=adamw"}, unlabelled), options({}, unlabelled));
  EXPECT_EQ(options({"without_labels.accumulate=2"}, unlabelled).at("optimisation"),
            (Json{{"accumulate", 2}}));
}

// Anyone's own data is ranked; only what the data's own name promises is held against it.
TEST(Plan, CountsThatDifferWarnAndStrayFilesOfAPublishedSetAreAReason) {
  const auto plan = [](const std::string& options) {
    Planned planned;
    planned.request.data["target"] = ParseDataRef("listed,domain=a" + options);
    return planned.Make();
  };
  const Plan usual = plan("");
  EXPECT_TRUE(usual.warnings.empty());
  const size_t reasons = usual.runs.front().unofficial_reasons.size();

  const Plan differs = plan(",published=yes");
  EXPECT_EQ(differs.runs.front().unofficial_reasons.size(), reasons);
  ASSERT_EQ(differs.warnings.size(), 1U) << "once, whatever the number of rows";
  EXPECT_NE(differs.warnings.front().find("not as published for listed (query images: 0 found"),
            std::string::npos)
      << differs.warnings.front();

  const Plan stray = plan(",stray=yes");
  EXPECT_EQ(stray.runs.front().unofficial_reasons.size(), reasons);
  ASSERT_EQ(stray.warnings.size(), 1U);
  EXPECT_NE(stray.warnings.front().find("3 files are left out"), std::string::npos);

  const Plan both = plan(",published=yes,stray=yes");
  EXPECT_EQ(both.runs.front().unofficial_reasons.size(), reasons + 1);
  EXPECT_EQ(both.runs.front().unofficial_reasons.back(),
            "target data: 3 names outside the grammar");
}

// Of written text a mirrored image shows another identity: profiles mirror, and are not asked.
TEST(Plan, DataThatAMirrorChangesIsNeverMirrored) {
  Planned planned;
  planned.request.settings = {"cross-domain-supervised"};
  planned.request.data["target"] = ParseDataRef("listed,domain=a,text=yes");
  const auto flips = [&] {
    const Plan plan = planned.Make();
    std::map<std::string, double> flip;
    for (const auto& [name, index] : plan.runs.front().models) {
      const AugmenterUse& use = plan.Model(index).base.augmenters.front();
      flip[name] = ParseJson(use.parameters, "test")["flip"];
    }
    return flip;
  };
  std::map<std::string, double> flip = flips();
  EXPECT_EQ(flip.at("old"), 0.5) << "trained on the source";
  EXPECT_EQ(flip.at("new"), 0.0);
  EXPECT_EQ(flip.at("paragon"), 0.0);
  EXPECT_THAT(planned.Make().notes,
              ::testing::Contains(::testing::HasSubstr("target data trains without mirroring")));
  planned.request.overrides = {"standard.flip=0.25"};
  flip = flips();
  EXPECT_EQ(flip.at("new"), 0.25) << "--set goes before it";
  planned.request.overrides = {"extraction.flip=true"};
  for (const Step& step : planned.Make().steps) {
    const auto* work = std::get_if<FeaturesWork>(&step.work);
    if (work != nullptr && step.folder == "features") {
      EXPECT_TRUE(work->flip) << step.title;
    }
  }
}

TEST(Plan, TheFeatureSideDecidesModelsWithAnOldOneAlone) {
  const auto keys = [](const char* side) {
    Planned planned;
    planned.request.methods = {"pull"};
    planned.request.settings = {"in-domain-data"};
    planned.request.overrides = {std::string("profile.extraction.feature_side=") + side};
    const Plan plan = planned.Make();
    std::map<std::string, std::string> result;
    for (const auto& [role, index] : plan.runs.front().models) result[role] = plan.steps[index].key;
    return result;
  };
  auto after = keys("after-neck"), before = keys("before-neck");
  EXPECT_EQ(after["old"], before["old"]);
  EXPECT_EQ(after["paragon"], before["paragon"]);
  EXPECT_NE(after["new"], before["new"]) << "its compatible term is on the feature that is scored";
}

TEST(Plan, StepsStandBehindThoseTheyNeed) {
  Planned planned;
  planned.request.methods = {"independent", "pull"};
  const Plan plan = planned.Make();
  std::map<std::string, int> kinds;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    ++kinds[KindOf(plan.steps[i])];
    for (const size_t need : plan.steps[i].needs) EXPECT_LT(need, i) << plan.steps[i].title;
  }
  EXPECT_EQ(kinds["images"], 4) << "train, query and gallery of the target, train of the source";
  for (const PlannedRun& run : plan.runs) {
    EXPECT_EQ(run.cells.size(), run.protocol->setting.cells.size());
    for (const PlannedCell& cell : run.cells) EXPECT_TRUE(plan.steps[cell.step].wanted);
  }
}

// Scoring a cell needs features, features need their model, and nothing of a cell trains.
TEST(Plan, ACellNeedsTheFeaturesOfItsModels) {
  Planned planned;
  planned.request.methods = {"pull"};
  planned.request.settings = {"in-domain-data"};
  const Plan plan = planned.Make();
  const PlannedRun& run = plan.runs.front();
  for (const PlannedCell& cell : run.cells) {
    std::set<size_t> models;
    for (const size_t need : plan.steps[cell.step].needs) {
      const auto* features = std::get_if<FeaturesWork>(&plan.steps[need].work);
      ASSERT_NE(features, nullptr);
      models.insert(features->model);
    }
    EXPECT_EQ(models, (std::set<size_t>{run.models.at(cell.query_model),
                                        run.models.at(cell.gallery_model)}));
  }
  const Step& fresh = plan.steps[run.models.at("new")];
  const EarlierModel& old = plan.Model(run.models.at("new")).earlier.front();
  EXPECT_EQ(old.model, run.models.at("old"));
  for (const size_t need : {old.model, old.features})
    EXPECT_EQ(std::count(fresh.needs.begin(), fresh.needs.end(), need), 1);
}

TEST(Plan, AChainIsCompatibleStepByStep) {
  Planned planned;
  planned.request.methods = {"pull", "independent", "null"};
  planned.request.settings = {"in-domain-chain", "in-domain-chain-all"};
  const Plan plan = planned.Make();
  const PlannedRun& chain = Find(plan, "in-domain-chain", "pull");
  const auto earlier = [&](const PlannedRun& run, const char* model) {
    std::vector<std::string> names;
    for (const EarlierModel& other : plan.Model(run.models.at(model)).earlier)
      names.push_back(other.name);
    return names;
  };
  EXPECT_EQ(earlier(chain, "v1"), std::vector<std::string>());
  EXPECT_EQ(earlier(chain, "v2"), std::vector<std::string>{"v1"});
  EXPECT_EQ(earlier(chain, "v3"), std::vector<std::string>{"v2"});
  const PlannedRun& all = Find(plan, "in-domain-chain-all", "pull");
  EXPECT_EQ(earlier(all, "v3"), (std::vector<std::string>{"v1", "v2"}));
  EXPECT_EQ(all.models.at("v2"), chain.models.at("v2")) << "equal models are made once";
  EXPECT_NE(all.models.at("v3"), chain.models.at("v3"));
  const PlannedRun& alone = Find(plan, "in-domain-chain", "independent");
  EXPECT_EQ(earlier(alone, "v3"), std::vector<std::string>());
  EXPECT_EQ(alone.models.at("v1"), chain.models.at("v1"));
  const PlannedRun& null = Find(plan, "in-domain-chain", "null");
  EXPECT_EQ(null.models.at("v3"), null.models.at("v1"));
}

TEST(Plan, ARoleWithoutDataIsRefusedByName) {
  Planned planned;
  planned.request.settings = {"cross-domain-supervised"};
  planned.request.data.erase("source");
  try {
    planned.Make();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("--data source="), std::string::npos) << error.what();
  }
}

TEST(Plan, ParametersThatAPlugInRefusesAreRefusedAtOnce) {
  for (const char* bad :
       {"profile.objectives.triplet.margin=500", "profile.label_sources.cluster-contrast.k1=1"}) {
    Planned planned;
    planned.request.methods = {"independent"};
    planned.request.overrides = {bad};
    try {
      planned.Make();
      ADD_FAILURE() << "accepted " << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kConfig) << bad;
    }
  }
}

TEST(Plan, WarnsWhereLabelsHangOnTheLastBit) {
  const auto warnings = [](const std::string& eps) {
    Planned planned;
    planned.request.methods = {"independent", "pull"};
    planned.request.overrides = {"profile.cluster_contrast.k2=6",
                                 "profile.cluster_contrast.eps=" + eps};
    return planned.Make().warnings;
  };
  EXPECT_TRUE(warnings("0.6").empty());
  const std::vector<std::string> told = warnings("0.5");
  ASSERT_EQ(told.size(), 1U) << "once, whatever the number of rows";
  EXPECT_NE(told.front().find("eps 0.5"), std::string::npos) << told.front();
}

TEST(Plan, PaperProfileAsksForWeights) {
  Planned planned;
  planned.request.profile = "paper";
  try {
    planned.Make();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("--init"), std::string::npos) << error.what();
  }
  planned.request.init = {"random"};
  EXPECT_FALSE(planned.Make().runs.front().unofficial_reasons.empty());
}

TEST(Plan, UnknownMethodIsRefusedWithASuggestion) {
  Planned planned;
  planned.request.methods = {"independant"};
  try {
    planned.Make();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_NE(std::string(error.what()).find("`independent`"), std::string::npos) << error.what();
  }
}

std::vector<MethodRecipe> Recipes() {
  std::vector<MethodRecipe> recipes(5);
  const char* names[] = {"independent", "l2", "rbcl", "rbcl-a", "rbcl-b"};
  const char* families[] = {"reference", "distillation", "ranking", "ranking", "ranking"};
  for (size_t i = 0; i < recipes.size(); ++i) {
    recipes[i].name = names[i];
    recipes[i].family = families[i];
  }
  return recipes;
}

TEST(MethodChoice, WordsNameMethodsFamiliesPatternsOrAll) {
  using Names = std::vector<std::string>;
  const auto chosen = [](const Names& words) { return ChooseMethods(Recipes(), words); };
  EXPECT_EQ(chosen({"l2"}), Names{"l2"});
  EXPECT_EQ(chosen({"ranking"}), (Names{"rbcl", "rbcl-a", "rbcl-b"}));
  EXPECT_EQ(chosen({"rbcl-?"}), (Names{"rbcl-a", "rbcl-b"}));
  EXPECT_EQ(chosen({"*2", "independent"}), (Names{"l2", "independent"}));
  EXPECT_EQ(chosen({"all"}), (Names{"independent", "l2", "rbcl", "rbcl-a", "rbcl-b"}));
}

TEST(MethodChoice, AMethodThatSeveralWordsNameIsRunOnce) {
  EXPECT_EQ(ChooseMethods(Recipes(), {"rbcl-a", "rbcl*", "ranking"}),
            (std::vector<std::string>{"rbcl-a", "rbcl", "rbcl-b"}));
}

TEST(MethodChoice, AWordThatNamesNothingIsRefused) {
  for (const auto& [word, found] :
       {std::pair("rankin", "`ranking`"), std::pair("x*", "matches no method"),
        std::pair("", "known: ")}) {
    try {
      ChooseMethods(Recipes(), {word});
      ADD_FAILURE() << word << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
      EXPECT_NE(std::string(error.what()).find(found), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace bcr
