#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/metric_value.h"

namespace bcr {

// The section `episodes`: N-way K-shot accuracy of every cell, on the same episodes. FORMAT.md
// defines the figures.
struct EpisodeFigures {
  // A mean over `value.n` episodes: `low` and `high` speak of other people, the half width of other
  // episodes of the same people, as few-shot papers report it.
  struct Mean {
    MetricValue value;
    double half_width = 0;
  };
  struct Cell {
    std::string query_model, gallery_model;
    Mean accuracy;
  };
  // Of two cells' accuracies, episode by episode: this cell's less the one of the `from_` models.
  struct Difference {
    std::string query_model, gallery_model, from_query_model, from_gallery_model;
    Mean difference;
  };
  struct Kind {
    int64_t way = 0, shot = 0;
    int64_t queries = 0;                // of a person, at most
    double mean_queries = 0;            // of a person, as drawn
    int64_t identities = 0;             // that can be drawn
    std::vector<std::string> left_out;  // the queries' other identities
    std::vector<Cell> cells;
    std::vector<Difference> differences;
    // Of what new/new gains over old/old, the share that new/old has; without a value, why, and
    // neither without an upgrade.
    std::optional<double> share_of_new;
    std::string share_of_new_reason;
  };
  std::vector<Kind> kinds;
};

}  // namespace bcr
