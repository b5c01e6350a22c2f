#include "harness/data/export_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <system_error>

#include "harness/core/csv.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/new_file.h"

namespace bcr {
namespace {

namespace fs = std::filesystem;
constexpr Split kSplits[] = {Split::kTrain, Split::kQuery, Split::kGallery};

void Write(const std::string& path, const std::string& bytes) {
  NewFile file(path, path);
  file.Append(bytes.data(), bytes.size());
}

// Has `write` fill a folder under another name, and gives it its own at the end.
void FillFolder(const std::string& folder, const std::function<void(const std::string&)>& write) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(folder, error))) {
    throw Error(ErrorCode::kUsage,
                {folder, "something of that name", "a folder that is not there yet",
                 "Name another, or move this one away"});
  }
  const std::string part = folder + ".part";
  fs::remove_all(part, error);  // of an export that was killed
  MakeFolders(part);
  try {
    write(part);
  } catch (...) {
    fs::remove_all(part, error);
    throw;
  }
  fs::rename(part, folder, error);
  if (error) {
    throw Error(ErrorCode::kIo, {folder, error.message(), "to rename the finished folder",
                                 fmt::format("All is in {}", part)});
  }
}

// The last part of a name, of characters that every file system takes.
std::string PlainBaseName(const std::string& name) {
  std::string base = name.substr(name.rfind('/') + 1);
  for (char& c : base) {
    const bool plain =
        std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
    if (!plain) c = '_';
  }
  return base;
}

std::string ExtensionOf(const std::string& name) {
  std::string extension = name.substr(std::min(name.rfind('.'), name.size()));
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

bool IsZero(const std::string& identity) {
  return identity.find_first_not_of('0') == std::string::npos;
}

// Labels in the order of their names, numbered from 1.
class Numbers {
 public:
  void Add(const std::string& label) { numbers_[label] = 0; }
  void Count() {
    size_t next = 0;
    for (auto& [label, number] : numbers_) number = ++next;
  }
  size_t Of(const std::string& label) const { return numbers_.at(label); }
  std::string Rows(const std::string& kind) const {
    std::string text;
    for (const auto& [label, number] : numbers_)
      text += CsvLine({kind, std::to_string(number), label});
    return text;
  }

 private:
  std::map<std::string, size_t> numbers_;
};

const char* MarketFolder(Split split) {
  switch (split) {
    case Split::kTrain:
      return "bounding_box_train";
    case Split::kQuery:
      return "query";
    case Split::kGallery:
      return "bounding_box_test";
  }
  return "";
}

void CheckExtensions(const Dataset& data) {
  for (const Split split : kSplits) {
    for (const ImageRecord& image : data.images(split)) {
      const std::string extension = ExtensionOf(image.name);
      if (extension == ".jpg" || extension == ".jpeg" || extension == ".png") continue;
      throw Error(ErrorCode::kData,
                  {image.name, "an image that is neither .jpg, .jpeg nor .png",
                   "names that Market-1501's layout knows", "Export a list instead: --as csv"});
    }
  }
}

}  // namespace

void ExportCsv(const Dataset& data, const std::string& folder) {
  FillFolder(folder, [&data](const std::string& part) {
    std::string list = CsvLine({"path", "identity", "camera", "split"});
    for (const Split split : kSplits) {
      const std::string images = std::string("images/") + SplitName(split);
      MakeFolders(JoinPath(part, images));
      for (size_t row = 0; row < data.images(split).size(); ++row) {
        const ImageRecord& image = data.images(split)[row];
        const std::string path = fmt::format("{}/{:06}_{}", images, row, PlainBaseName(image.name));
        Write(JoinPath(part, path), data.ReadImage(split, row));
        list += CsvLine({path, image.identity, image.camera, SplitName(split)});
      }
    }
    Write(JoinPath(part, "list.csv"), list);
  });
}

void ExportMarket(const Dataset& data, const std::string& folder) {
  CheckExtensions(data);
  const bool zero_is_nobody = data.report().market_identities;
  Numbers identities, cameras;
  for (const Split split : kSplits) {
    for (const ImageRecord& image : data.images(split)) {
      if (!zero_is_nobody || !IsZero(image.identity)) identities.Add(image.identity);
      cameras.Add(image.camera);
    }
  }
  identities.Count();
  cameras.Count();
  FillFolder(folder, [&](const std::string& part) {
    for (const Split split : kSplits) {
      const std::string images = JoinPath(part, MarketFolder(split));
      MakeFolders(images);
      for (size_t row = 0; row < data.images(split).size(); ++row) {
        const ImageRecord& image = data.images(split)[row];
        const bool nobody = zero_is_nobody && IsZero(image.identity);
        const std::string name =
            fmt::format("{:04}_c{}s1_{:06}_00{}", nobody ? 0 : identities.Of(image.identity),
                        cameras.Of(image.camera), row, ExtensionOf(image.name));
        Write(JoinPath(images, name), data.ReadImage(split, row));
      }
    }
    Write(JoinPath(part, "labels.csv"), CsvLine({"kind", "number", "label"}) +
                                            identities.Rows("identity") + cameras.Rows("camera"));
  });
}

}  // namespace bcr
