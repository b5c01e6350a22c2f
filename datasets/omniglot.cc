#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "datasets/audit.h"
#include "datasets/listing.h"
#include "datasets/omniglot_layout.h"
#include "datasets/zip_archive.h"
#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;
// Deep enough for <folder given>/<archive folder>/<group>/<Alphabet>/characterNN, and no walk over
// a whole disk.
constexpr int kDeepestFolder = 4;

struct Found {
  std::vector<OmniglotDrawing> drawings;
  std::vector<std::string> unparsed;
  ReadSource read;
};

std::set<std::string> AlphabetsOf(const DataRef& ref) {
  std::set<std::string> alphabets;
  const auto option = ref.options.find("alphabets");
  if (option == ref.options.end()) return alphabets;
  const std::string& text = option->second;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('+', begin), text.size());
    if (end == begin) {
      throw Error(ErrorCode::kUsage,
                  {ref.Text(), "an empty name in `alphabets`", "names joined by +",
                   "Write e.g. alphabets=Greek+Korean, or leave the option out for all"});
    }
    alphabets.insert(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return alphabets;
}

void Sort(std::string path, std::string source, uint64_t bytes, Found& found) {
  if (IsClutter(path.substr(path.rfind('/') + 1))) return;
  if (std::optional<OmniglotName> name = ParseOmniglotPath(path)) {
    found.drawings.push_back({std::move(*name), std::move(source), bytes});
  } else {
    found.unparsed.push_back(std::move(path));
  }
}

Found FromFolder(const std::string& folder) {
  namespace fs = std::filesystem;
  Found found;
  found.read = ReadFile;
  std::error_code error;
  fs::recursive_directory_iterator entries(folder, fs::directory_options::follow_directory_symlink,
                                           error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    std::error_code ignored;
    if (entries->is_directory(ignored)) {
      if (entries.depth() >= kDeepestFolder) entries.disable_recursion_pending();
      continue;
    }
    if (!entries->is_regular_file(ignored)) continue;
    const std::string source = entries->path().string();
    Sort(entries->path().lexically_relative(folder).generic_string(), source, FileBytes(source),
         found);
  }
  if (error) {
    throw Error(ErrorCode::kIo,
                {folder, error.message(), "a readable folder", "Check the folder's permissions"});
  }
  return found;
}

Found FromArchive(const std::string& file) {
  Found found;
  const auto archive = std::make_shared<const ZipArchive>(file);
  std::map<std::string, size_t> rows;
  for (size_t i = 0; i < archive->entries().size(); ++i) {
    const ZipArchive::Entry& entry = archive->entries()[i];
    rows.emplace(entry.name, i);
    Sort(entry.name, entry.name, entry.bytes, found);
  }
  found.read = [archive, rows = std::move(rows)](const std::string& source) {
    return archive->Read(rows.at(source));
  };
  return found;
}

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext&) {
  if (!FolderExists(ref.path) && !FileExists(ref.path)) {
    throw Error(
        ErrorCode::kMissing,
        {ref.path, "no such file or folder",
         "an Omniglot archive (images_background_small1.zip), or the folder it was unpacked into",
         "Download it from github.com/brendenlake/omniglot (python folder)"});
  }
  Found found = FolderExists(ref.path) ? FromFolder(ref.path) : FromArchive(ref.path);
  Listing listing = ShareOutDrawings(std::move(found.drawings), AlphabetsOf(ref), ref.path);
  listing.report.mirrored_is_other = true;  // as p and q are
  if (!FolderExists(ref.path)) listing.archive = ref.path;
  std::sort(found.unparsed.begin(), found.unparsed.end());
  for (const std::string& path : found.unparsed) AddUnparsed(path, listing.report);
  return MakeListedDataset(ref, "omniglot", kRevision, std::move(listing), std::move(found.read));
}

}  // namespace

const DatasetInfo& dataset_omniglot() {
  static const DatasetInfo info = {
      .name = "omniglot",
      .revision = kRevision,
      .about =
          "Omniglot (Lake et al., Science 2015) as re-identification: character = identity, drawer "
          "= camera; first "
          "half of each alphabet's characters trains, drawers 1-4 of the rest query",
      .example = "omniglot:images_background_small1.zip,alphabets=Greek+Korean",
      .options = {{"alphabets", "alphabets to use, joined by + (default: all)"}},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
