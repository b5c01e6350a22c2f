#include "protocols/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/embedded.h"
#include "harness/core/suggest.h"
#include "protocols/parse.h"

namespace bcr {

namespace embedded {
const std::vector<EmbeddedFile>& profiles();
}

namespace {

using protocol::Refuse;

int ReadInt(JsonReader& reader, const std::string& key, int low, int high = 1000000) {
  return static_cast<int>(reader.Integer(key, low, high));
}

void ParseInput(const Json& json, const std::string& where, Profile& profile) {
  JsonReader reader(json, where);
  profile.height = ReadInt(reader, "height", 8, 4096);
  profile.width = ReadInt(reader, "width", 8, 4096);
  profile.resize = reader.Text("resize", profile.resize);
  reader.Finish();
}

BackboneSizes ParseBackbones(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  BackboneSizes sizes{reader.Text("small"), reader.Text("standard"), reader.Text("large")};
  reader.Finish();
  return sizes;
}

void ParseExtraction(const Json& json, const std::string& where, Profile& profile) {
  JsonReader reader(json, where);
  profile.extraction_batch_size = ReadInt(reader, "batch_size", 1, 65536);
  profile.extraction_flip = reader.Bool("flip");
  profile.feature_side = reader.Choice("feature_side", {"before-neck", "after-neck"});
  reader.Finish();
}

void ParseScoring(const Json& json, const std::string& where, Profile& profile) {
  JsonReader reader(json, where);
  profile.policy = reader.Choice("policy", {"market", "none"});
  profile.max_rank = ReadInt(reader, "max_rank", 10, 10000);
  profile.bootstrap_resamples = ReadInt(reader, "bootstrap_resamples", 100);
  reader.Finish();
}

UnlabelledTraining ParseWithoutLabels(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  UnlabelledTraining recipe;
  recipe.epochs = ReadInt(reader, "epochs", 1);
  recipe.batches_per_epoch = ReadInt(reader, "batches_per_epoch", 1);
  recipe.identities_per_batch = ReadInt(reader, "identities_per_batch", 2, 65536);
  recipe.images_per_identity = ReadInt(reader, "images_per_identity", 1, 65536);
  recipe.lr = protocol::ReadPositive(reader, "lr", 1000);
  recipe.weight_decay = reader.Number("weight_decay", 0, 1000);
  recipe.milestones = protocol::ReadMilestones(reader, "milestones");
  recipe.gamma = protocol::ReadShare(reader, "gamma");
  recipe.optimisation = ReadOptimisation(reader, recipe.lr, /*with_warmup=*/false);
  recipe.checkpoint = ReadCheckpointChoice(reader);
  reader.Finish();
  return recipe;
}

BaseNames ParseBases(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  BaseNames names;
  names.with_labels = reader.Text("with_labels");
  names.without_labels = reader.Text("without_labels");
  names.mixed_labels = reader.Text("mixed_labels", names.mixed_labels);
  reader.Finish();
  return names;
}

PlugInParameters ParsePlugIns(const Json& json, const std::string& where) {
  PlugInParameters all;
  for (const auto& [name, parameters] : json.items()) {
    const std::string place = where + "." + name;
    if (!parameters.is_object()) Refuse(place, parameters.dump(), "an object of parameters");
    for (const auto& [key, value] : parameters.items()) {
      if (!value.is_primitive() || value.is_null())
        Refuse(place + "." + key, value.dump(), "a number, text, true or false");
    }
    all[name] = DumpJsonCompact(parameters);
  }
  return all;
}

void ParseTraining(JsonReader& reader, Profile& profile) {
  profile.identities_per_batch = ReadInt(reader, "identities_per_batch", 2, 65536);
  profile.images_per_identity = ReadInt(reader, "images_per_identity", 1, 65536);
  profile.epochs = ReadInt(reader, "epochs", 1);
  profile.lr = protocol::ReadPositive(reader, "lr", 1000);
  profile.weight_decay = reader.Number("weight_decay", 0, 1000);
  profile.warmup_epochs = ReadInt(reader, "warmup_epochs", 0);
  profile.warmup_factor = protocol::ReadShare(reader, "warmup_factor");
  profile.milestones = protocol::ReadMilestones(reader, "milestones");
  profile.gamma = protocol::ReadShare(reader, "gamma");
  profile.optimisation = ReadOptimisation(reader, profile.lr, /*with_warmup=*/true);
  profile.checkpoint = ReadCheckpointChoice(reader);
}

// The keys of a file, on top of those of the profile that it is like.
Json Complete(Json own, const std::string& where, const std::vector<Profile>& known) {
  const Json like = own.at("like");
  std::vector<std::string> names;
  for (const Profile& profile : known) {
    names.push_back(profile.name);
    if (like != profile.name) continue;
    own.erase("like");
    Json whole = ProfileJson(profile);
    whole.merge_patch(own);
    return whole;
  }
  Refuse(where + ": like", like.dump(), "the name of a profile that is like no other one",
         like.is_string() ? SuggestionFor(like.get<std::string>(), names) : "");
}

std::vector<Profile> LoadEmbedded() {
  std::vector<Profile> profiles;
  const auto load = [&](bool like) {
    const std::vector<Profile> known = profiles;
    for (const EmbeddedFile& file : embedded::profiles()) {
      const std::string where = fmt::format("protocols/profiles/{}.json", file.name);
      Json json = ParseJson(file.text, where);
      if ((json.is_object() && json.contains("like")) != like) continue;
      if (like) json = Complete(std::move(json), where, known);
      profiles.push_back(ProfileFromJson(json, where));
      if (profiles.back().name != file.name)
        Refuse(where, profiles.back().name, "the file's own name");
    }
  };
  load(/*like=*/false);
  load(/*like=*/true);
  std::sort(profiles.begin(), profiles.end(), [](const Profile& a, const Profile& b) {
    return std::pair(a.order, a.name) < std::pair(b.order, b.name);
  });
  return profiles;
}

}  // namespace

const std::vector<Profile>& Profiles() {
  static const std::vector<Profile> profiles = LoadEmbedded();
  return profiles;
}

Profile FindProfile(const std::string& name) {
  std::vector<std::string> names;
  for (const Profile& profile : Profiles()) {
    if (profile.name == name) return profile;
    names.push_back(profile.name);
  }
  Refuse("profile", fmt::format("`{}`", name), "a known profile", SuggestionFor(name, names));
}

Profile ParseProfile(std::string_view text, const std::string& where) {
  return ProfileFromJson(ParseJson(text, where), where);
}

Profile ProfileFromJson(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  Profile profile;
  profile.name = protocol::ReadName(reader, "profile");
  profile.revision = ReadInt(reader, "revision", 1);
  profile.order = ReadInt(reader, "order", 0);
  profile.about = reader.Text("about");
  profile.reference = reader.Text("reference");
  profile.smoke = reader.Bool("smoke");
  profile.needs_init = reader.Bool("needs_init");
  ParseInput(protocol::ReadObject(reader, "input"), where + ": input", profile);
  profile.backbones =
      ParseBackbones(protocol::ReadObject(reader, "backbones"), where + ": backbones");
  profile.pooling = reader.Choice("pooling", {"gem", "avg"});
  ParseTraining(reader, profile);
  ParseExtraction(protocol::ReadObject(reader, "extraction"), where + ": extraction", profile);
  ParseScoring(protocol::ReadObject(reader, "scoring"), where + ": scoring", profile);
  profile.max_identities = ReadInt(reader, "max_identities", 0);
  profile.without_labels = ParseWithoutLabels(protocol::ReadObject(reader, "without_labels"),
                                              where + ": without_labels");
  profile.bases = ParseBases(protocol::ReadObject(reader, "bases"), where + ": bases");
  profile.objectives =
      ParsePlugIns(protocol::ReadObject(reader, "objectives"), where + ": objectives");
  profile.label_sources =
      ParsePlugIns(protocol::ReadObject(reader, "label_sources"), where + ": label_sources");
  profile.augmenters =
      ParsePlugIns(protocol::ReadObject(reader, "augmenters"), where + ": augmenters");
  profile.locked = reader.TextList("locked");
  reader.Finish();
  return profile;
}

const std::string& BackboneOf(const Profile& profile, const std::string& size) {
  if (size == "small") return profile.backbones.small;
  if (size == "standard") return profile.backbones.standard;
  if (size == "large") return profile.backbones.large;
  Refuse(fmt::format("profile {}: backbones", profile.name), fmt::format("`{}`", size),
         "small, standard or large");
}

}  // namespace bcr
