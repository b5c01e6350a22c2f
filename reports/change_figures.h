#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bcr {

// The section `changes`: who searches the old gallery worse with the new model's queries (new/old)
// than with the old model's (old/old), and who better. Values are AP and mAP by precision at hits,
// fractions from 0 to 1. Only queries with a match take part. Lists begin with the largest change;
// equal changes in the order of queries, or by name.
struct ChangeFigures {
  struct Query {
    std::string image, identity, camera;
    double before = 0, after = 0;             // AP
    int64_t rank_before = 0, rank_after = 0;  // of the first match, from 1
  };
  struct Identity {
    std::string identity;
    int64_t queries = 0;
    double before = 0, after = 0;  // mean AP of its queries
  };
  // Queries of one camera on the gallery restricted to another.
  struct CameraPair {
    std::string query_camera, gallery_camera;
    int64_t queries = 0, identities = 0;
    double before = 0, after = 0;  // mAP
  };
  int64_t length = 0;  // of each list at most
  int64_t identities = 0, identities_worse = 0, queries = 0, queries_worse = 0;  // in all
  std::vector<Query> worst_queries, best_queries;
  std::vector<Identity> worst_identities;
  bool by_camera = false;  // whether pairs of cameras were asked for
  std::vector<CameraPair> worst_camera_pairs;
};

}  // namespace bcr
