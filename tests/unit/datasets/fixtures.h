#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/dataset.h"
#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr::testing {

// Writes `content` under `folder`/`name`, making the folders between. Nothing is flushed to disk: a
// test writes hundreds of files.
void Put(const std::string& folder, const std::string& name, const std::string& content = "image");

inline std::unique_ptr<Dataset> OpenText(const std::string& reference) {
  return OpenDataset(dataset_table(), ParseDataRef(reference), OpenContext{});
}

inline std::vector<std::string> Names(const Dataset& data, Split split) {
  std::vector<std::string> names;
  for (const ImageRecord& image : data.images(split)) names.push_back(image.name);
  return names;
}

// A data set in a temporary folder, in the layout that a reader expects.
class Miniature : public ::testing::Test {
 protected:
  // Opened as `reader:ROOTbelow,options`; `below`: "" or "/folder".
  explicit Miniature(std::string reader, std::string below = "")
      : reader_(std::move(reader)), below_(std::move(below)) {}
  const std::string& root() const { return folder_.path(); }
  std::unique_ptr<Dataset> Open(const std::string& options = "") const {
    return OpenText(reader_ + ":" + root() + below_ + options);
  }

 private:
  const std::string reader_, below_;
  TemporaryFolder folder_;
};

// Runs `action` and returns the bcr::Error that it has to throw.
template <typename Action>
Error ErrorOf(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no bcr::Error was thrown";
  return Error(ErrorCode::kInternal, {});
}

// Writes a zip archive; keys are entry names, names ending in '/' become folders.
enum class Packing { kDeflated, kStored };
void WriteZip(const std::string& path, const std::map<std::string, std::string>& entries,
              Packing packing = Packing::kDeflated);

}  // namespace bcr::testing
