#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/data_ref.h"

namespace bcr {

enum class Split { kTrain, kQuery, kGallery };
const char* SplitName(Split split);  // "train", "query", "gallery"

struct ImageRecord {
  std::string name;      // path relative to the data's root, '/'-separated; unique within its split
  std::string identity;  // as the data spells it
  std::string camera;    // as the data spells it
};

// How many images, and of how many identities and cameras.
struct SplitSize {
  size_t images = 0, identities = 0, cameras = 0;
};
SplitSize SizeOf(const std::vector<ImageRecord>& images);

// Counts that a data set's authors published, or that public code which reads it states; nothing where
// no source names one.
struct PublishedCounts {
  struct Of {
    std::optional<size_t> images, identities;
  };
  Of splits[3];  // indexed by Split
  std::optional<size_t> cameras;
  std::string source;

  const Of& of(Split split) const { return splits[static_cast<int>(split)]; }
};

// What a reader noticed: legal, counted, shown and marked in the record.
struct DatasetReport {
  bool market_identities =
      false;  // the data's own rule: identity -1 is junk, identity 0 a distractor
  // A mirrored image shows another identity (written characters, text, road signs): models train on
  // such data without mirroring.
  bool mirrored_is_other = false;
  size_t junk_dropped = 0;  // images of identity -1, dropped while listing
  size_t distractors = 0;  // gallery images that belong to no query identity by the data's own rule
  std::vector<std::string> unparsed;  // names outside the grammar (left out); at most the first 100
  size_t unparsed_count = 0;
  size_t single_image_identities = 0;  // training identities with one image
  size_t queries_without_match = 0;    // no gallery image of the identity from another camera
  std::vector<std::string>
      differences;  // each count that differs from the published one, as a sentence
  // What they were compared with; nothing for data whose counts nobody published, such as the user's.
  std::optional<PublishedCounts> published;
};

// An ordered list of images with identity, camera and split. The order is bytewise by name within
// each split. It proves itself by counts and by a hash over names, identities, cameras, splits and
// file sizes. Reading all bytes would take as long as packing does: files replaced by others of equal
// length are found by their times (Stamp), on the machine where they were replaced.
class Dataset {
 public:
  virtual ~Dataset() = default;
  const std::string& reader() const { return reader_; }
  int revision() const { return revision_; }
  const DataRef& ref() const { return ref_; }
  const std::vector<ImageRecord>& images(Split split) const {
    return images_[static_cast<int>(split)];
  }
  const DatasetReport& report() const { return report_; }
  const std::string& hash() const { return hash_; }

  // The encoded file (JPEG, PNG, ...). Safe to call from several threads. Throws kMissing or kIo,
  // naming the file.
  virtual std::string ReadImage(Split split, size_t row) const = 0;
  // A hash of when the files of a split last changed: of this machine alone, and no part of what a
  // data set is. "" where nothing is known.
  virtual std::string Stamp(Split) const { return ""; }

 protected:
  std::string reader_;
  int revision_ = 0;
  DataRef ref_;
  std::vector<ImageRecord> images_[3];
  DatasetReport report_;
  std::string hash_;
};

// Where readers may keep what they generate (drawn images), and whether to say so on stderr.
struct OpenContext {
  std::string generated_folder;
  // A temporary folder for what would have to be generated, where nothing may be kept (a dry run);
  // "": it is kept in generated_folder.
  std::string scratch_folder = {};
  bool quiet = false;
  // The right to write below generated_folder what is called `name`, waiting for whoever has it; it
  // ends with the result. Without it nobody else is expected to write there.
  std::function<std::shared_ptr<void>(const std::string& name)> take = {};
};

// A registered reader: one file in datasets/, named in datasets/CMakeLists.txt.
struct DatasetInfo {
  std::string name;     // the `name` of a data reference
  int revision = 0;     // raised whenever the list or content it yields can change
  std::string about;    // one line for `list`
  std::string example;  // a reference a user can type
  std::map<std::string, std::string> options;  // key -> one-line description with its default
  bool needs_path = true;  // false: a path may be given (where generated images go)
  std::unique_ptr<Dataset> (*open)(const DataRef& ref, const OpenContext& context) = nullptr;
};

// Generated from datasets/CMakeLists.txt.
std::vector<const DatasetInfo*> dataset_table();

// Finds the reader in `table`, checks options and path, opens. Throws kUsage with a suggestion for
// an unknown name or option.
std::unique_ptr<Dataset> OpenDataset(const std::vector<const DatasetInfo*>& table,
                                     const DataRef& ref, const OpenContext& context);

}  // namespace bcr
