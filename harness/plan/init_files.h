#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace bcr {

struct ModelNode;
struct ModelSpec;

// The files that models take their initial weights from: a setting's own, or those of `--init`.
class InitFiles {
 public:
  // Entries of `--init`: FILE, BACKBONE=FILE, or `random`.
  explicit InitFiles(std::vector<std::string> asked) : asked_(std::move(asked)) {}

  // The file for a model, "" for random weights. Throws kUsage where files are given, but none for
  // its backbone.
  std::string Of(const ModelNode& node, const std::string& backbone) const;
  // The hash of a file, read once: one with weights of another backbone is refused (kData) before
  // anything is trained.
  const std::string& HashOf(const ModelSpec& spec, const std::string& file);

 private:
  std::vector<std::string> asked_;
  std::map<std::pair<std::string, std::string>, std::string> hashes_;  // backbone, file
};

}  // namespace bcr
