#include "tests/unit/plan/toy_plan.h"

#include <nlohmann/json.hpp>

#include "harness/core/error.h"

namespace bcr::testing {
namespace {

class Listed : public Dataset {
 public:
  explicit Listed(const DataRef& ref) {
    reader_ = "listed";
    revision_ = 1;
    ref_ = ref;
    hash_ = "hash of " + ref.Text();
    report_.mirrored_is_other = ref.options.count("text") > 0;
    if (ref.options.count("published") > 0) {
      report_.published.emplace();
      report_.differences = {"query images: 0 found, 7 published"};
    }
    if (ref.options.count("stray") > 0) report_.unparsed_count = 3;
    for (int id = 0; id < 20; ++id) {
      for (int k = 0; k < 6; ++k) {
        images_[0].push_back({std::to_string(id) + "_" + std::to_string(k), std::to_string(id),
                              std::to_string(k % 3)});
      }
    }
  }
  std::string ReadImage(Split, size_t) const override {
    throw Error(ErrorCode::kInternal, {"no pixels", "", "", ""});
  }
};

const DatasetInfo& ListedReader() {
  static const DatasetInfo info = {
      .name = "listed",
      .revision = 1,
      .options = {{"domain", "a, b or c"},
                  {"text", "a mirrored image shows another identity"},
                  {"published", "counts are compared, and differ"},
                  {"stray", "three files with names outside the grammar"}},
      .needs_path = false,
      .open = [](const DataRef& ref, const OpenContext&) -> std::unique_ptr<Dataset> {
        return std::make_unique<Listed>(ref);
      }};
  return info;
}

const std::vector<EmbeddedFile> kMethods = {
    {"independent",
     R"({"method": "independent", "revision": 1, "order": 1, "family": "toy", "default_run": true, "about": "", "reference": "", "objectives": []})"},
    {"pull",
     R"({"method": "pull", "revision": 1, "order": 2, "family": "toy", "about": "", "reference": "",
         "objectives": [{"objective": "toy", "weight": 2.0}]})"},
    {"null",
     R"({"method": "null", "revision": 1, "order": 3, "family": "toy", "new_is_old": true, "about": "", "reference": "", "objectives": []})"},
    {"augmented",
     R"({"method": "augmented", "revision": 1, "order": 5, "family": "toy", "base": "augmented", "about": "", "reference": "", "objectives": []})"},
    {"stationary",
     R"({"method": "stationary", "revision": 1, "order": 6, "family": "toy", "base": "places", "earlier_base": "places",
         "about": "", "reference": "", "objectives": []})"},
    {"divided",
     R"({"method": "divided", "revision": 1, "order": 10, "family": "toy", "base": "multi-source", "about": "", "reference": "",
         "objectives": []})"},
    {"headed",
     R"({"method": "headed", "revision": 1, "order": 9, "family": "toy", "about": "", "reference": "",
         "objectives": [{"objective": "headed"}]})"},
    {"wider",
     R"({"method": "wider", "revision": 1, "order": 7, "family": "toy", "widths": "orthogonal", "extra_width": 5,
         "about": "", "reference": "",
         "objectives": [{"objective": "toy"}, {"objective": "toy", "with": "alone"}]})"},
    {"joined",
     R"({"method": "joined", "revision": 1, "order": 8, "family": "toy", "adapter": "joining", "about": "", "reference": "",
         "objectives": []})"},
    {"labelled",
     R"({"method": "labelled", "revision": 1, "order": 4, "family": "toy", "base": "softmax-triplet", "about": "", "reference": "", "objectives": []})"},
};
const std::vector<EmbeddedFile> kBases = {
    {"places",
     R"({"base": "places", "revision": 1, "about": "", "head": false, "objectives": [{"objective": "places"}]})"},
    {"softmax-triplet",
     R"({"base": "softmax-triplet", "revision": 1, "about": "",
         "objectives": [{"objective": "toy"}, {"objective": "triplet"}]})"},
    {"averaged",
     R"({"base": "averaged", "revision": 1, "about": "", "pooling": "avg", "objectives": [{"objective": "toy"}]})"},
    {"embedded",
     R"({"base": "embedded", "revision": 1, "about": "", "embedding": 24, "objectives": [{"objective": "toy"}]})"},
    {"embedded-places",
     R"({"base": "embedded-places", "revision": 1, "about": "", "head": false, "embedding": 24,
         "objectives": [{"objective": "places"}]})"},
    {"cluster-contrast",
     R"({"base": "cluster-contrast", "revision": 1, "about": "", "label_source": "cluster-contrast", "head": false,
         "objectives": [{"objective": "toy"}]})"},
    {"two-students",
     R"({"base": "two-students", "revision": 1, "about": "", "label_source": "cluster-contrast", "head": false,
         "students": 2, "objectives": [{"objective": "told"}]})"},
    {"warm",
     R"({"base": "warm", "revision": 1, "about": "", "objectives": [{"objective": "toy"}],
         "starts_from": {"base": "cluster-contrast"}})"},
    {"warm-all",
     R"({"base": "warm-all", "revision": 1, "about": "", "objectives": [{"objective": "toy"}],
         "starts_from": {"base": "cluster-contrast", "images": "all"}})"},
    {"warm-half",
     R"({"base": "warm-half", "revision": 1, "about": "", "objectives": [{"objective": "toy"}],
         "starts_from": {"base": "cluster-contrast", "images": "all", "share": 0.5}})"},
    {"warm-labelled",
     R"({"base": "warm-labelled", "revision": 1, "about": "", "objectives": [{"objective": "toy"}],
         "starts_from": {"base": "softmax-triplet"}})"},
    {"warm-wrong",
     R"({"base": "warm-wrong", "revision": 1, "about": "", "objectives": [{"objective": "toy"}],
         "starts_from": {"base": "softmax-triplet", "images": "all"}})"},
    {"warm-twice",
     R"({"base": "warm-twice", "revision": 1, "about": "", "objectives": [{"objective": "toy"}],
         "starts_from": {"base": "warm"}})"},
    {"labelled-sources",
     R"({"base": "labelled-sources", "revision": 1, "about": "", "norm": "domain", "balance": "domains",
         "objectives": [{"objective": "toy"}]})"},
    {"multi-source",
     R"({"base": "multi-source", "revision": 1, "about": "", "label_source": "cluster-contrast", "head": false,
         "norm": "rectified", "fusion": "mdif", "balance": "domains",
         "starts_from": {"base": "labelled-sources", "images": "labelled"}, "objectives": [{"objective": "toy"}]})"},
    {"arcface-triplet",
     R"({"base": "arcface-triplet", "revision": 1, "about": "", "objectives": [{"objective": "triplet"}]})"},
    {"augmented",
     R"({"base": "augmented", "revision": 1, "about": "", "objectives": [{"objective": "toy"}],
         "augmenters": [{"augmenter": "standard"}, {"augmenter": "other", "parameters": {"share": 0.2}}]})"},
};

class ToyObjective : public Objective {
  void Compute(const Batch&, Terms&) override {}
};

const ObjectiveInfo& Toy() {
  static const ObjectiveInfo info = {.name = "toy",
                                     .revision = 1,
                                     .parameters = "{}",
                                     .make = [](JsonReader&) -> std::unique_ptr<Objective> {
                                       return std::make_unique<ToyObjective>();
                                     }};
  return info;
}

// Asks a mean teacher.
const ObjectiveInfo& Told() {
  static const ObjectiveInfo info = {.name = "told",
                                     .revision = 1,
                                     .parameters = "{}",
                                     .make = [](JsonReader&) -> std::unique_ptr<Objective> {
                                       return std::make_unique<ToyObjective>();
                                     },
                                     .teacher = [](const Json&) { return TeacherChoice(); }};
  return info;
}

// Has a place for each person.
const ObjectiveInfo& Places() {
  static const ObjectiveInfo info = {.name = "places",
                                     .revision = 1,
                                     .parameters = R"({"people": 40})",
                                     .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
                                       reader.Integer("people", 1, 1000);
                                       return std::make_unique<ToyObjective>();
                                     },
                                     .places = [](const Json& parameters) -> FixedPlaces {
                                       const int people = parameters.at("people");
                                       return {.width = people - 1, .people = people};
                                     }};
  return info;
}

// With a parameter that came later.
const ObjectiveInfo& Headed() {
  static const ObjectiveInfo info = {.name = "headed",
                                     .revision = 1,
                                     .parameters = "{}",
                                     .later_parameters = R"({"form": "all"})",
                                     .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
                                       reader.Choice("form", {"all", "others"});
                                       return std::make_unique<ToyObjective>();
                                     },
                                     .needs_head = [](const Json&) { return true; },
                                     .needs_old_head = [](const Json&) { return true; }};
  return info;
}

// As picky about its margin as the real one.
const ObjectiveInfo& Triplet() {
  static const ObjectiveInfo info = {.name = "triplet",
                                     .revision = 1,
                                     .parameters = R"({"margin": 0.3})",
                                     .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
                                       reader.Number("margin", 0, 100);
                                       return std::make_unique<ToyObjective>();
                                     }};
  return info;
}

class ToyLabels : public LabelSource {
  bool Refresh(const EpochStart&, LabelSet&) override { return false; }
};

const LabelSourceInfo& Clusters() {
  static const LabelSourceInfo info = {
      .name = "cluster-contrast",
      .revision = 1,
      .parameters = "{}",
      .make = [](JsonReader& reader, const LabelContext&) -> std::unique_ptr<LabelSource> {
        reader.Integer("k1", 2, 1000);
        for (const char* key : {"k2", "eps", "min_samples"}) reader.Raw(key);
        return std::make_unique<ToyLabels>();
      },
      .warn = [](const Json& parameters) -> std::string {
        return parameters.at("eps") == 0.5 ? "eps 0.5 is a bad choice" : "";
      }};
  return info;
}

// What a recipe that names no augmenter has.
const AugmenterInfo& Standard() {
  static const AugmenterInfo info = {
      .name = "standard",
      .revision = 1,
      .parameters = R"({"flip": 0.5, "pad": 10, "jitter": 0.0,
                                       "jitter_strength": 0.2, "erase": 0.5, "erase_area_low": 0.02,
                                       "erase_area_high": 0.4, "erase_aspect": 0.3})",
      .make = [](JsonReader& reader) -> std::unique_ptr<Augmenter> {
        for (const char* key : {"flip", "pad", "jitter", "jitter_strength", "erase",
                                "erase_area_low", "erase_area_high", "erase_aspect"})
          reader.Raw(key);
        return std::make_unique<Augmenter>();
      }};
  return info;
}

const AugmenterInfo& Other() {
  static const AugmenterInfo info = {.name = "other",
                                     .revision = 4,
                                     .parameters = R"({"share": 0.5})",
                                     .make = [](JsonReader& reader) -> std::unique_ptr<Augmenter> {
                                       reader.Number("share", 0, 1);
                                       return std::make_unique<Augmenter>();
                                     }};
  return info;
}

// An adapter that needs the other model's own rows.
const AdapterInfo& Joining() {
  static const AdapterInfo info = {
      .name = "joining",
      .revision = 1,
      .parameters = "{}",
      .sides = {AdapterSide::kQuery},
      .fit = [](const FitData&, JsonReader&) { return AdapterState(); },
      .apply = [](const AdapterState&, std::shared_ptr<const RowSource> rows) { return rows; },
      .mix = [](const AdapterState&, std::shared_ptr<const RowSource> mapped,
                std::shared_ptr<const RowSource>) { return mapped; }};
  return info;
}

}  // namespace

Planned::Planned() {
  plug_ins.datasets = {&ListedReader()};
  plug_ins.train.objectives = {&Toy(), &Told(), &Triplet(), &Places(), &Headed()};
  plug_ins.train.augmenters = {&Standard(), &Other()};
  plug_ins.train.label_sources = {&Clusters()};
  plug_ins.adapters = {&Joining()};
  plug_ins.methods = &kMethods;
  plug_ins.bases = &kBases;
  request.data["target"] = ParseDataRef("listed,domain=a");
  request.data["source"] = ParseDataRef("listed,domain=b");
  for (const Setting& setting : Settings()) {
    if (setting.in_default_run) request.settings.push_back(setting.name);
  }
}

Plan Planned::Make() {
  request.store_folder = folder.path();
  store_ = std::make_unique<ArtifactStore>(request.store_folder);
  data_ = std::make_unique<DataRoles>(request, plug_ins, *store_, PackedSize{64, 32}, true);
  return MakePlan(request, plug_ins, RecipeBook(plug_ins), *data_, "cpu");
}

const PlannedRun& Find(const Plan& plan, const std::string& setting, const std::string& method,
                       int seed) {
  for (const PlannedRun& run : plan.runs) {
    if (run.protocol->setting.name == setting && run.method.name == method && run.seed == seed)
      return run;
  }
  throw std::runtime_error("no run " + setting + " / " + method);
}

}  // namespace bcr::testing
