#include <algorithm>

#include "harness/core/random.h"
#include "harness/features/feature_set.h"
#include "harness/features/image_index.h"
#include "harness/features/npy.h"
#include "harness/features/width.h"
#include "harness/judge/cells.h"
#include "harness/nn/device_block_source.h"
#include "harness/run/made_adapter.h"
#include "harness/run/made_model.h"
#include "harness/run/stored_cell.h"
#include "harness/run/workshop.h"

namespace bcr {

namespace {

JudgeOptions OptionsOf(const CellWork& work, const Workshop& workshop) {
  JudgeOptions options;
  options.scoring.policy = work.policy;
  options.scoring.max_rank = work.max_rank;
  options.scoring.threads = workshop.request.threads;
  options.rerank = work.rerank;
  options.quiet = workshop.request.quiet;
  if (IsCuda(workshop.device)) {
    options.source = [&workshop](const RowSource& query, const RowSource& gallery,
                                 Distance distance, const FeatureIndex* query_index,
                                 const FeatureIndex* gallery_index) {
      return NewDeviceBlockSource(query, gallery, distance, workshop.device, query_index,
                                  gallery_index);
    };
  }
  return options;
}

// The rows of a side as they are compared, and how uncertain they are where an adapter maps them and
// says it (null otherwise; `uncertainty` may be null as well).
std::shared_ptr<const RowSource> RowsOf(const CellSide& side, const CellWork& work,
                                        Workshop& workshop,
                                        std::shared_ptr<const RowSource>* uncertainty) {
  std::shared_ptr<const RowSource> rows = OpenFeatures(side.features, workshop).rows;
  if (side.adapter) {
    const FittedAdapter adapter =
        ReadMadeAdapter(workshop.plug_ins.adapters, workshop.FolderOf(*side.adapter)).adapter;
    const std::string& title = workshop.plan.steps[side.features].title;
    if (uncertainty != nullptr) *uncertainty = adapter.Uncertainty(rows, title);
    return adapter.ApplyBeside(
        rows, side.beside ? OpenFeatures(*side.beside, workshop).rows : nullptr, title);
  }
  if (!work.width) return rows;
  FloatMatrix projection;
  if (side.projection_of) {
    projection = ReadNpy(ProjectionFile(workshop.FolderOf(*side.projection_of), side.earlier));
  }
  const WidthPolicy policy = {work.widths, "--set setting.widths=", ErrorCode::kConfig};
  return RowsInWidth(rows, *work.width, policy, workshop.plan.steps[side.features].title,
                     &projection);
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

CellRows OpenCellRows(size_t place, Workshop& workshop) {
  const auto& work = std::get<CellWork>(workshop.plan.steps[place].work);
  const auto& [query, gallery] = std::get<std::pair<CellSide, CellSide>>(work.sides);
  CellRows rows;
  rows.query = RowsOf(query, work, workshop, nullptr);
  rows.gallery = RowsOf(gallery, work, workshop, &rows.gallery_uncertainty);
  rows.query_index = &OpenFeatures(query.features, workshop).index;
  rows.gallery_index = &OpenFeatures(gallery.features, workshop).index;
  return rows;
}

void MakeCell(size_t place, const std::string& folder, Workshop& workshop) {
  const auto& work = std::get<CellWork>(workshop.plan.steps[place].work);
  const JudgeOptions options = OptionsOf(work, workshop);
  const ScopedTime timer(workshop.time, "scoring");
  if (const auto* drawn = std::get_if<DrawnSides>(&work.sides)) {
    const FeatureSet query = Draw(*drawn, "query", workshop.data);
    const FeatureSet gallery = Draw(*drawn, "gallery", workshop.data);
    return WriteStoredCell(folder, ScoreCosine(query, gallery, options.scoring), query.index);
  }
  const CellRows rows = OpenCellRows(place, workshop);
  WriteStoredCell(folder, ScoreCellRows(rows, options, workshop.plan.steps[place].title),
                  *rows.query_index);
}

}  // namespace bcr
