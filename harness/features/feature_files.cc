#include "harness/features/feature_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr::internal {
namespace {

namespace fs = std::filesystem;

constexpr char kFeaturesFile[] = "features.npy";
constexpr char kIndexFile[] = "index.csv";
constexpr char kForms[] =
    "a folder with features.npy and index.csv, or a .npy or .safetensors file with its index "
    "beside "
    "it";

std::string Extension(const std::string& path) {
  std::string extension = fs::path(path).extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return extension;
}

// How to make features.npy of what other tools write.
struct Conversion {
  const char* extension;
  const char* line;  // of Python; {} is the file
};
constexpr std::array kConversions = {
    Conversion{".npz", "np.save('features.npy', np.load('{}')['KEY'].astype('float32'))"},
    Conversion{".pt", "np.save('features.npy', torch.load('{}').float().cpu().numpy())"},
    Conversion{".pth", "np.save('features.npy', torch.load('{}').float().cpu().numpy())"},
    Conversion{".pkl",
               "np.save('features.npy', np.asarray(pickle.load(open('{}', 'rb')), 'float32'))"},
    Conversion{".pickle",
               "np.save('features.npy', np.asarray(pickle.load(open('{}', 'rb')), 'float32'))"},
    Conversion{".mat", "np.save('features.npy', scipy.io.loadmat('{}')['KEY'].astype('float32'))"},
    Conversion{".h5", "np.save('features.npy', h5py.File('{}')['KEY'][:].astype('float32'))"},
    Conversion{".txt", "np.save('features.npy', np.loadtxt('{}', dtype='float32'))"},
};

// "" for files that nobody knows how to convert.
std::string ConversionOf(const std::string& file) {
  const std::string extension = Extension(file);
  for (const Conversion& conversion : kConversions) {
    if (extension != conversion.extension) continue;
    return fmt::format("Convert it in Python: {}.",
                       fmt::format(fmt::runtime(conversion.line), file));
  }
  return "";
}

[[noreturn]] void Missing(const std::string& where, const std::string& found,
                          const std::string& expected, const std::string& hint) {
  throw Error(ErrorCode::kMissing, {where, found, expected, hint});
}

std::string Listed(const std::vector<std::string>& names) {
  constexpr size_t kMost = 8;
  const auto end = names.begin() + static_cast<ptrdiff_t>(std::min(names.size(), kMost));
  std::string list = fmt::format("{}", fmt::join(names.begin(), end, ", "));
  if (names.size() > kMost) list += fmt::format(" and {} more", names.size() - kMost);
  return list;
}

// Folders inside `folder` that are feature sets themselves, sorted.
std::vector<std::string> ShardsIn(const std::string& folder) {
  std::vector<std::string> shards;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string path = entry->path().string();
    if (FileExists(JoinPath(path, kFeaturesFile))) shards.push_back(path);
  }
  std::sort(shards.begin(), shards.end());
  return shards;
}

std::string HintForFolder(const std::string& folder, const std::vector<std::string>& names) {
  for (const char* extension : {".npy", ".safetensors"}) {
    for (const std::string& name : names) {
      if (Extension(name) == extension)
        return fmt::format("Name the file: {}.", JoinPath(folder, name));
    }
  }
  for (const std::string& name : names) {
    const std::string conversion = ConversionOf(JoinPath(folder, name));
    if (!conversion.empty()) return conversion;
  }
  const std::vector<std::string> shards = ShardsIn(folder);
  if (!shards.empty()) return fmt::format("Name the shards, in order: {}.", Listed(shards));
  return "";
}

// What stands at a path where no file is.
std::string KindOf(const std::string& path) {
  std::error_code error;
  switch (fs::status(path, error).type()) {
    case fs::file_type::directory:
      return "a folder of that name";
    case fs::file_type::fifo:
      return "a pipe";
    case fs::file_type::not_found:
      return "a link to nothing";
    default:
      return "neither a file nor a folder";
  }
}

FeatureFiles InFolder(const std::string& folder) {
  const std::string features = JoinPath(folder, kFeaturesFile);
  const std::string index = JoinPath(folder, kIndexFile);
  const std::vector<std::string> names = ListFiles(folder);
  if (fs::exists(fs::symlink_status(features)) && !FileExists(features)) {
    Missing(features, KindOf(features), "a file with features",
            "A folder, pipe, device or broken link cannot be mapped: name the file itself.");
  }
  if (!FileExists(features)) {
    Missing(folder,
            names.empty() ? "no file in this folder"
                          : fmt::format("no features.npy, but {}", Listed(names)),
            "features.npy and index.csv", HintForFolder(folder, names));
  }
  if (!FileExists(index)) {
    Missing(index, "no such file", "the index of features.npy",
            "It has the header image,identity,camera and one row for each row of features.npy.");
  }
  return {FeatureFiles::Format::kNpy, features, index};
}

std::string IndexBeside(const std::string& file) {
  const fs::path path(file);
  const std::string own = fs::path(path).replace_extension(".csv").string();
  if (FileExists(own)) return own;
  const std::string shared = (path.parent_path() / kIndexFile).string();
  if (FileExists(shared)) return shared;
  Missing(file, "no index beside it", fmt::format("{} or {}", own, shared),
          "It has the header image,identity,camera and one row for each row of features.");
}

}  // namespace

FeatureFiles LocateFeatures(const std::string& path) {
  if (FolderExists(path)) return InFolder(path);
  if (!FileExists(path)) {
    const bool tilde = path.find('~') != std::string::npos;
    Missing(path.empty() ? "feature set" : path, path.empty() ? "an empty path" : "nothing there",
            kForms, tilde ? "The shell expands ~ only at the start of a word: write it out." : "");
  }
  const std::string extension = Extension(path);
  if (extension == ".npy") return {FeatureFiles::Format::kNpy, path, IndexBeside(path)};
  if (extension == ".safetensors") {
    return {FeatureFiles::Format::kSafetensors, path, IndexBeside(path)};
  }
  std::string hint = ConversionOf(path);
  if (extension == ".csv") hint = "Name the features; their index is found beside them.";
  throw Error(
      ErrorCode::kData,
      {path, extension.empty() ? "a file without extension" : fmt::format("a {} file", extension),
       kForms, hint});
}

}  // namespace bcr::internal
