#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "harness/core/manifest.h"

namespace bcr::pedsynth {

struct Options;

struct WriteContext {
  int threads = 0;  // <= 0: as many as the machine has
  bool quiet = false;
  // The right to write the folder of that name, waiting for whoever has it; see OpenContext::take.
  std::function<std::shared_ptr<void>(const std::string& name)> take = {};
};

// The folder's name below the generated folder: pedsynth-a-r1-<hash of the options>.
std::string FolderName(const Options& options);

// Makes sure that `folder` holds the whole data set in Market-1501's layout, and draws it where it
// does not. Everything is written beside it under a temporary name, DONE last (see core/manifest.h),
// then renamed: readers see all of it or nothing. A folder of ours without a valid DONE is made
// again. Throws kData where `folder` holds something else (other files, or pictures of other
// options), which is left alone; kIo where writing fails; kInterrupted on Ctrl-C. Pictures that have
// changed since are not looked for.
void EnsureWritten(const Options& options, const std::string& folder, const WriteContext& context);
// The same for a folder that is ours by its name: whatever lies there is told and drawn anew unless
// every picture is as it was drawn.
void EnsureSound(const Options& options, const std::string& folder, const WriteContext& context);
// Draws such a folder anew; `why` is told.
void DrawAnew(const Options& options, const std::string& folder, const std::string& why,
              const WriteContext& context);
// What has changed in a folder since it was drawn; nothing where nothing is known.
std::optional<Damage> FindChange(const Options& options, const std::string& folder);

}  // namespace bcr::pedsynth
