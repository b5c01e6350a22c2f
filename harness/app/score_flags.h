#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/app/section_flags.h"
#include "harness/app/upgrade_page.h"
#include "harness/judge/request.h"

namespace bcr {

// The flags of `bcreid score` as typed.
struct ScoreFlags {
  std::vector<std::string> query, gallery, old_query, old_gallery, new_query, new_gallery,
      paragon_query, paragon_gallery;
  std::vector<std::string> models;  // NAME=QUERY,GALLERY[,SHARD...]
  std::string policy = "market", distance = "cosine", ties = "by-row", search, rerank,
              device = "auto", adapter, adapter_side, labels;
  std::vector<std::string> fit_old, fit_new;
  std::vector<std::string> metrics;  // shown besides the usual ones
  // Neither: thresholds of an upgrade, unless its lists are re-ranked.
  bool thresholds = false, no_thresholds = false;
  std::optional<int> worst;  // how many of those who get worse are named
  SectionFlags sections;
  PageFlags page;
  ScoreRequest request;  // what needs no translation
};

// "faiss:IVF256,Flat" as the index string behind it; "" stays "". Throws kUsage.
std::string SearchIndex(const std::string& search);
// K1,K2,LAMBDA[,FLAVOUR]; nothing for "". Throws kUsage.
std::optional<RerankOptions> RerankOf(const std::string& text);

// Throws kUsage: sets of which a half is missing, several ways of naming models at once, names that
// are unknown, a device this command does not run on.
ScoreRequest RequestOf(const ScoreFlags& flags);

}  // namespace bcr
