#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reports/candidate_figures.h"
#include "reports/change_figures.h"
#include "reports/episode_figures.h"
#include "reports/metric_value.h"
#include "reports/threshold_figures.h"

namespace bcr {

// The optional sections of a result, typed: what harness/judge computes and run records and score
// reports hold. FORMAT.md describes their JSON key by key; only this folder writes and reads it.
// Shares are fractions from 0 to 1.

// A figure with its interval, as far as the data give them. Without a value: why, as a sentence.
struct ValueOrReason {
  std::optional<double> value, low, high;
  std::string reason;
};

// The pairwise criterion of compatibility, new/old against old/old.
struct PairFigures {
  struct Counts {
    int64_t pairs = 0, satisfied = 0;
    int64_t severe = 0;           // violated by more than the margin
    double worst = 0;             // largest violation, in units of the score
    std::optional<double> share;  // satisfied / pairs; absent without pairs
  };
  Counts same, different;  // pairs of one identity, and of two
  double margin = 0;
};

// Every query model of a chain on the galleries of itself and of the models before it.
struct MatrixFigures {
  std::vector<std::string> models;                           // keys, in the order of making
  std::vector<std::vector<std::optional<double>>> map_hits;  // row t has t + 1 entries
  std::map<std::string, MetricValue> values;   // of "ac", "ac_decided", "am", "bc", "fc"
  std::map<std::string, std::string> reasons;  // why one of them is absent
};

// mAP while a gallery is extracted again, image by image.
struct BackfillCurves {
  struct Point {
    double share = 0;  // of the gallery that carries new features
    int64_t replaced = 0;
    double map_hits = 0, map_deviation = 0, cmc1 = 0;
    double old_in_top10 = 0, old_in_gallery = 0;
    std::optional<double> nfr1;
  };
  struct Curve {
    std::string order;  // "random", "identity", "camera", "oracle", "uncertainty"
    int64_t shuffles = 0;
    std::vector<Point> points;
    ValueOrReason area;
    double least = 0, least_share = 0;
    int64_t falls = 0;
    double largest_fall = 0, share_to_95 = 0;
  };
  struct Population {  // of scores
    int64_t pairs = 0;
    double mean = 0, deviation = 0;
  };
  std::vector<Curve> curves;
  // Of the gallery's rows before and after; 0 where both are the same.
  int64_t old_width = 0, new_width = 0;
  Population old_matches, old_others, new_matches, new_others;
};

// Parts of each cell's queries.
struct SliceTable {
  struct Slice {
    int64_t queries = 0, valid_queries = 0;
    int64_t identities = 0;  // of the valid queries
    ValueOrReason map_hits, cmc1;
  };
  struct Identity {
    std::string identity;
    Slice slice;
  };
  struct CameraPair {
    std::string query_camera, gallery_camera;
    int64_t gallery = 0;  // images of that camera, junk included
    Slice slice;
  };
  struct Cell {
    std::string query_model, gallery_model;
    std::vector<Identity> identities;
    std::vector<CameraPair> camera_pairs;
  };
  std::vector<Cell> cells;
};

// What approximate search costs.
struct SearchFigures {
  struct Figures {
    double map_hits = 0, cmc1 = 0, cmc5 = 0, cmc10 = 0;
  };
  struct Cell {
    std::string query_model, gallery_model;
    double recall_at_1 = 0, recall_at_10 = 0, recall_at_k = 0;
    Figures exact, approximate, truncated;  // truncated: exact lists that end at k
  };
  struct Judged {  // low and high are the value where there is no interval
    double gain = 0, low = 0, high = 0;
    std::string verdict;  // "yes", "no", "undecided"
  };
  struct Upgrade {
    Judged exact, truncated, approximate;
  };
  std::string index;  // FAISS index string
  int64_t k = 0;      // length of the lists that were searched for
  std::vector<Cell> cells;
  std::optional<Upgrade> compatibility;
};

// What a result holds of them: each is absent unless it was asked for.
struct Sections {
  std::optional<PairFigures> pair_criterion;
  std::optional<MatrixFigures> matrix;
  std::optional<BackfillCurves> backfill;
  std::optional<SliceTable> slices;
  std::optional<SearchFigures> search;
  std::optional<ThresholdFigures> thresholds;
  std::optional<ChangeFigures> changes;
  std::optional<EpisodeFigures> episodes;
  std::optional<CandidateFigures> candidates;
};

}  // namespace bcr
