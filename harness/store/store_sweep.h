#pragma once

#include <string>
#include <vector>

namespace bcr {

// Entries of `folder` and of its direct subfolders that killed processes left while they wrote
// (IsTemporaryName, or ".tmp-" behind a folder's own name), last changed more than a day ago, are
// removed: no writer is at work for so long without a change. Failures are passed over: this is
// housekeeping.
void SweepTemporaries(const std::string& folder);

// The same for files of `folder` alone, and only those with a name that WriteFileAtomic gives: for
// folders in which others may keep things of their own.
void SweepTemporaryFiles(const std::string& folder);

// Removes what a dead maker left in a work folder: its half-made artefacts and temporary files;
// checkpoints stay. REQUIRES: nobody else is making that artefact.
void SweepWorkFolder(const std::string& folder);

// Names below a store's folder of work, each once: of work folders, and of locks without ".lock".
std::vector<std::string> WorkNames(const std::string& folder);

}  // namespace bcr
