#pragma once

#include <string>

namespace bcr::pedsynth {

struct Options;

struct WriteContext {
  int threads = 0;  // <= 0: as many as the machine has
  bool quiet = false;
};

// The folder's name below the generated folder: pedsynth-a-r1-<hash of the options>.
std::string FolderName(const Options& options);

// Makes sure that `folder` holds the whole data set in Market-1501's layout, and draws it where it
// does not. Everything is written beside it under a temporary name, DONE last, then renamed:
// readers see all of it or nothing. A folder of ours without a valid DONE is made again. Throws
// kData where `folder` holds something else (other files, or pictures of other options), which is
// left alone; kIo where writing fails; kInterrupted on Ctrl-C.
void EnsureWritten(const Options& options, const std::string& folder, const WriteContext& context);

}  // namespace bcr::pedsynth
