#pragma once

#include <string>
#include <vector>

namespace bcr {

// What the folder of a data set holds, and how messages speak of it.
struct FolderParts {
  std::vector<std::string> names;  // folders end in '/', others are files; '/'-separated
  std::string text;                // "query/ and gallery/, each holding images such as x.jpg"
  std::string one = "dataset";     // what one folder with all parts is called
};

// Names of the folders directly in `root`, sorted bytewise. Throws kIo.
std::vector<std::string> SubFolders(const std::string& root);

// The folder that holds all parts: `root` itself, or the one below it, down to `depth` levels.
// Throws kMissing (no such folder, or the parts that the most complete folder lacks) and kUsage
// (several complete folders).
std::string FindBase(const std::string& root, const FolderParts& parts, int depth = 1);

// Throws what FindBase throws where `root` is no folder.
void RequireFolder(const std::string& root, const std::string& parts);

}  // namespace bcr
