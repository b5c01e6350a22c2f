#pragma once

#include <memory>
#include <nlohmann/json.hpp>  // GivenModel holds a Json by value
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/nn/foreign_model.h"

namespace bcr {

struct RunRequest;
struct Setting;

// A model that is given and not trained here: the old one of `--old`.
struct GivenModel {
  ModelReference reference;
  std::string hash;                // of its weights, or of its features
  Json facts;                      // what else decides its features
  int height = 0, width = 0;       // pixels it takes; 0: it is given by its features
  std::string resize = "area";     // how images come to that size
  int feature_width = 0;           // d
  std::vector<std::string> notes;  // for people: what was guessed

  bool IsFeatures() const { return reference.kind == ModelReference::Kind::kFeatures; }
};

// What `--old` names, opened once; null where it is not given. Throws what OpenModel and
// OpenFeatureTable throw.
std::shared_ptr<const GivenModel> FindGivenModel(const RunRequest& request);

// Names the setting anew: with this old model it is another one, whose rows are ranked among
// themselves. Throws kUsage where the setting's old model does not stand alone.
void TakeGiven(const GivenModel& given, Setting& setting);

// How a given network is opened in this run.
OpenModelOptions GivenModelOptions(const RunRequest& request, const std::string& device);

// The features of a split in a folder of `features:`: <folder>/train, /query or /gallery.
std::string GivenFeaturesOf(const GivenModel& model, const std::string& split);

}  // namespace bcr
