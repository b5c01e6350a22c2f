#include "harness/core/manifest_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "harness/core/hash.h"
#include "harness/core/json.h"

namespace bcr {
namespace {

constexpr int kFormat = 1;  // of DONE

// Entries are lists: a drawn data set has thousands of files.
Json ToJson(const Manifest& manifest) {
  Json files = Json::array();
  for (const Manifest::File& file : manifest.files) {
    Json entry = {file.name, file.bytes};
    for (const std::string& block : file.blocks) entry.push_back(block);
    files.push_back(std::move(entry));
  }
  return {{"format", kFormat},
          {"of", manifest.of},
          {"files", std::move(files)},
          {"made_of", manifest.made_of}};
}

// Throws Json::exception for a document of another form.
Manifest FromJson(const Json& json) {
  Manifest manifest;
  manifest.of = json.at("of").get<std::string>();
  manifest.made_of = json.at("made_of").get<std::map<std::string, std::string>>();
  for (const Json& entry : json.at("files")) {
    Manifest::File file;
    file.name = entry.at(0).get<std::string>();
    file.bytes = entry.at(1).get<uint64_t>();
    for (size_t i = 2; i < entry.size(); ++i) file.blocks.push_back(entry[i].get<std::string>());
    manifest.files.push_back(std::move(file));
  }
  return manifest;
}

// Whoever reads a file block by block takes the hash of each from the list.
bool HasAllBlocks(const Manifest::File& file) {
  const uint64_t begun = file.bytes / kManifestBlock + (file.bytes % kManifestBlock == 0 ? 0 : 1);
  return file.blocks.size() == std::max<uint64_t>(begun, 1);
}

// Manifest::Find looks names up by halves.
bool IsInOrder(const std::vector<Manifest::File>& files) {
  return std::adjacent_find(files.begin(), files.end(), [](const auto& a, const auto& b) {
           return a.name >= b.name;
         }) == files.end();
}

}  // namespace

std::string ManifestText(Manifest& manifest) {
  Json json = ToJson(manifest);
  manifest.hash = HashOf(DumpJsonCompact(json));
  json["hash"] = manifest.hash;
  return DumpJsonCompact(json) + "\n";
}

std::optional<Manifest> ParseManifest(const std::string& text) {
  Manifest manifest;
  bool sound = false;
  const auto read = [&] {
    const Json json = ParseJson(text, kDoneFile);
    manifest = FromJson(json);
    // The text is compared, not only its hash: numbers and keys of another kind would be lost.
    sound = json.at("format") == kFormat && ManifestText(manifest) == text &&
            IsInOrder(manifest.files) &&
            std::all_of(manifest.files.begin(), manifest.files.end(), HasAllBlocks);
  };
  return IsReadable(read) && sound ? std::optional(std::move(manifest)) : std::nullopt;
}

}  // namespace bcr
