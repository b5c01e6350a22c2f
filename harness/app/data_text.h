#pragma once

#include <string>

namespace bcr {

class Dataset;
struct ContentAudit;

// A line for each split: images, identities and cameras, with published counts beside them.
std::string CountsText(const Dataset& data);
// What the reader noticed, how many cameras have seen identities, what training and test share, and
// the hash. Several lines.
std::string ReportText(const Dataset& data);
// What the files are like: sizes, images of two splits, images that cannot be read. Several lines,
// the last "0 unreadable images".
std::string ContentText(const ContentAudit& audit);

}  // namespace bcr
