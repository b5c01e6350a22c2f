#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bcr {

class Backbone;
struct LayerContext;

// A switch of a backbone: one word of a short list.
struct BackboneSwitch {
  std::string key;
  std::vector<std::string> values;  // the first one is the default
  std::string about;                // one line
};
using SwitchValues = std::map<std::string, std::string>;  // every switch of a backbone, by key

// How files of published weights name a family's tensors: as we do, behind a prefix that each
// project chooses (load_backbone.cc lists the prefixes).
struct WeightNames {
  std::string probe;                // a tensor of every such file: it tells the prefix
  std::vector<std::string> beside;  // beginnings of names at the same level that are no backbone
};

// Columns of a feature: `width` of them from `begin` on.
struct FeatureColumns {
  int begin = 0, width = 0;
};

// A backbone as a plug-in: one file under harness/nn/backbones, named in harness/nn/CMakeLists.txt.
struct BackboneInfo {
  std::string name;
  int revision = 0;       // raised whenever the same weights can give other features
  std::string about;      // one line
  std::string source;     // paper, and the public code whose parameter names are used
  int feature_width = 0;  // d, what the neck and the losses see
  // Channels of the maps that it can show: of an inner stage, where the map is about twice as fine or its
  // features are less abstract, and of the last, which is pooled. Empty: it shows none.
  std::vector<int> map_widths;
  bool class_token = false;  // the feature is a token: the map is one place, which nobody pools
  // Of a network with several branches, whose features stand side by side: what has a classifier of
  // its own, and what metric losses compare. Empty: the feature is one.
  std::vector<FeatureColumns> parts, branches;
  std::vector<BackboneSwitch> switches;
  WeightNames weights;
  // Adds its tensors to the context's table as <prefix><published name>.
  std::function<std::unique_ptr<Backbone>(const SwitchValues&, const LayerContext&,
                                          const std::string& prefix)>
      make;
};

// Generated from harness/nn/CMakeLists.txt.
std::vector<const BackboneInfo*> backbone_table();

// A backbone with all of its switches decided.
struct BackboneChoice {
  const BackboneInfo* info;
  SwitchValues values;

  // The one canonical spelling: the name, then the switches that are not at their default, sorted
  // by key: `resnet50`, `resnet50,ibn=a`.
  std::string Text() const;
};

// Reads a backbone reference `name[,key=value...]`. Throws kConfig with a suggestion for an unknown
// name, switch or value, and for a switch that is given twice.
BackboneChoice ChooseBackbone(const std::string& reference);
// The reference in its canonical spelling. Throws as ChooseBackbone does.
std::string CanonicalBackbone(const std::string& reference);

// How a backbone's feature comes about where `pooling` (gem or avg) is wanted: "token" where it is a
// class token, whatever is wanted, or else as wanted. So one profile serves networks of both kinds.
// Throws as ChooseBackbone does.
std::string PoolingOf(const std::string& reference, const std::string& pooling);

// Splits `resnet50,ibn=a=FILE` into the reference (canonical) and FILE. Nothing where the text does
// not begin with a word followed by `=` or `,`: it is then a file alone. Throws as ChooseBackbone
// does where the word is no known backbone.
struct BackbonePrefix {
  std::string reference, rest;
};
std::optional<BackbonePrefix> SplitBackbonePrefix(const std::string& text);

std::vector<std::string> BackboneNames();
// d of a backbone without building it. Throws as ChooseBackbone does.
int BackboneWidth(const std::string& reference);

}  // namespace bcr
