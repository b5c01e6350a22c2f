#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>  // a Json is held by value
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/data/image_store.h"
#include "harness/plan/request.h"

namespace bcr {

// What `bcreid generate` was asked for.
struct GenerateRequest {
  std::string augmenter;  // one that adds images of its own making
  std::string data;       // a data reference: its train split is learned from
  std::string out_folder, store_folder;
  std::string profile = "quick";
  std::vector<std::string> overrides;
  int seed = 1;
  std::string model;  // ParseModelReference; "": nothing judges the images
  bool trust = false, quiet = false;
  std::string device = "auto";
  OnBadImage on_bad_image = OnBadImage::kFail;
  int batch_size = 128, threads = 0;
  std::string command_line;
};

struct Generated {
  size_t images = 0;
  std::string artefact;  // where the store keeps them
  std::vector<std::string>
      files;     // written: <out>/sheet.png, <out>/images/..., what the model says
  Json figures;  // JudgeGenerated; null without a model
};

// Trains the augmenter's generator on the train split, at the profile's image size, unless the store holds
// it; writes its images as PNG files, a sheet of the first, and with a model neighbours.png and figures.json.
// Throws kConfig for an augmenter that makes no images and for a model of another image size.
Generated GenerateImages(const GenerateRequest& request, const PlugIns& plug_ins);

}  // namespace bcr
