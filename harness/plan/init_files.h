#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace bcr {

struct ModelNode;
struct ModelSpec;
struct Profile;

// The files that models take their initial weights from: a setting's own, or those of `--init`.
class InitFiles {
 public:
  // Entries of `--init`: FILE, BACKBONE=FILE, or `random`.
  InitFiles(std::vector<std::string> asked, bool partial)
      : asked_(std::move(asked)), partial_(partial) {}

  // Throws kUsage where a profile needs initial weights and nothing is asked for.
  void CheckNeeded(const Profile& profile) const;
  // The file for a model, "" for random weights. Throws kUsage where files are given, but none for
  // its backbone.
  std::string Of(const ModelNode& node, const std::string& backbone) const;
  struct Checked {
    std::string hash;
    std::string lost;  // what is not loaded, a line each; "" where all is
  };
  // A file, read once: one with weights of another backbone is refused (kData) before anything is
  // trained, and one that fits in part unless that is allowed.
  const Checked& Check(const ModelSpec& spec, const std::string& file);

 private:
  std::vector<std::string> asked_;
  bool partial_;
  std::map<std::pair<std::string, std::string>, Checked> checked_;  // backbone, file
};

}  // namespace bcr
