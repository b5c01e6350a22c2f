#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/judge/options.h"

namespace bcr {

struct DataFlags;
struct ExportedModel;
struct ExportRequest;
struct ExtractRequest;
struct GenerateRequest;
struct Generated;
struct RunOutcome;
struct RunRequest;

// What the program asks of the training library, libbcreid-train.so: all that needs LibTorch or
// OpenCV. The library uses the program's own code for everything else (README.md).
struct TrainLibrary {
  const char* build;                             // BuildStamp() of the library
  RunOutcome (*run)(const RunRequest& request);  // RunAll with every plug-in
  std::string (*plan_text)(const RunRequest& request);
  int (*data)(const DataFlags& flags);                                 // data_command.h
  std::vector<std::string> (*extract)(const ExtractRequest& request);  // with every reader
  Generated (*generate)(const GenerateRequest& request);               // with every plug-in
  ExportedModel (*export_model)(const ExportRequest& request);
  Json (*plug_ins)(const std::string& profile);  // plug_in_lists.h
  Json (*engines)();                             // engines.h
  std::string (*resolve_device)(const std::string& wanted);
  BlockSourceMaker (*block_source)(const std::string& device);
  // The encoded images of a data set by name; "" for a name that its queries and gallery lack.
  std::function<std::string(const std::string& image)> (*images)(const std::string& reference,
                                                                 const std::string& store);
  std::string (*thumbnail)(const std::string& bytes, const std::string& name, int height);
};

// Loads the library at the first call. Throws as LoadOwnLibrary.
const TrainLibrary& Training();

}  // namespace bcr
