#pragma once

#include <string>
#include <vector>

#include "reports/picture_file.h"
#include "reports/query_strips.h"
#include "reports/upgrade_pictures.h"
#include "reports/upgrade_view.h"

namespace bcr {

// What RequireReplaceablePage is told of the page of an upgrade.
inline constexpr const char* kUpgradePage = "single upgrade";

// One upgrade, from a run record or a score report, as one HTML page that needs nothing but itself:
// the verdict, the cells, pictures with their numbers, and the queries that lose and gain most with
// what each search found.
struct UpgradePageInput {
  std::string title;
  std::vector<std::string> lead;  // what it rests on: data, scoring, provenance; a line each
  UpgradeView view;
  std::vector<RankBand> bands;         // cell by cell, as for SearchPictures
  std::vector<NamedQueries> searches;  // old/old, new/old, then others; fewer than two: no strips
  std::vector<ModelRecord> models;     // of a run; none of a score report
  PictureOf picture;                   // may be empty
  size_t strips = 10;                  // of each kind, at most
};

std::string UpgradeHtml(const UpgradePageInput& input);

// The pictures of the page as files: "cmc.svg". Whatever models are called, names lie in one folder.
std::vector<PictureFile> UpgradePictureFiles(const UpgradePageInput& input);

}  // namespace bcr
