#include <algorithm>

#include "harness/core/random.h"
#include "harness/features/feature_set.h"
#include "harness/features/image_index.h"
#include "harness/features/npy.h"
#include "harness/run/made_model.h"
#include "harness/run/stored_cell.h"
#include "harness/run/width_rows.h"
#include "harness/run/workshop.h"

namespace bcr {

namespace {

const FeatureTable& OpenFeatures(size_t step, Workshop& workshop) {
  std::shared_ptr<const FeatureTable>& table = workshop.open_features[step];
  if (!table) {
    FeatureTableOptions options;
    options.threads = workshop.request.threads;
    table =
        std::make_shared<const FeatureTable>(OpenFeatureTable({workshop.FolderOf(step)}, options));
  }
  return *table;
}

ScoringOptions OptionsOf(const CellWork& work, const Workshop& workshop) {
  ScoringOptions options;
  options.policy = work.policy;
  options.max_rank = work.max_rank;
  options.threads = workshop.request.threads;
  return options;
}

// The rows of a side as they are compared.
std::shared_ptr<const RowSource> RowsOf(const CellSide& side, const CellWork& work,
                                        Workshop& workshop) {
  const std::shared_ptr<const RowSource>& rows = OpenFeatures(side.features, workshop).rows;
  if (!work.width) return rows;
  FloatMatrix projection;
  if (side.projection_of) {
    projection = ReadNpy(ProjectionFile(workshop.FolderOf(*side.projection_of), side.earlier));
  }
  return RowsInWidth(rows, *work.width, work.widths, projection);
}

FeatureSet Draw(const DrawnSides& sides, const char* side, DataRoles& data) {
  const bool query = side == std::string("query");
  FeatureSet set;
  set.index = IndexOf(data.Images(query ? sides.query : sides.gallery)->images());
  set.features = FloatMatrix(set.index.size(), sides.width);
  Random draw(DeriveSeed(sides.seed, side));
  for (size_t i = 0; i < set.index.size(); ++i) {
    std::generate_n(set.features.row(i), sides.width,
                    [&] { return static_cast<float>(draw.Normal()); });
  }
  return set;
}

}  // namespace

void MakeCell(size_t place, const std::string& folder, Workshop& workshop) {
  const auto& work = std::get<CellWork>(workshop.plan.steps[place].work);
  const ScoringOptions options = OptionsOf(work, workshop);
  const ScopedTime timer(workshop.time, "scoring");
  if (const auto* drawn = std::get_if<DrawnSides>(&work.sides)) {
    const FeatureSet query = Draw(*drawn, "query", workshop.data);
    const FeatureSet gallery = Draw(*drawn, "gallery", workshop.data);
    return WriteStoredCell(folder, ScoreCosine(query, gallery, options), query.index);
  }
  const auto& [query, gallery] = std::get<std::pair<CellSide, CellSide>>(work.sides);
  const FeatureIndex& query_index = OpenFeatures(query.features, workshop).index;
  const CellScores scores =
      ScoreRows(*RowsOf(query, work, workshop), query_index, *RowsOf(gallery, work, workshop),
                OpenFeatures(gallery.features, workshop).index, options);
  WriteStoredCell(folder, scores, query_index);
}

}  // namespace bcr
