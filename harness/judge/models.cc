#include "harness/judge/models.h"

#include <fmt/format.h>

#include "harness/core/find_named.h"
#include "harness/features/width.h"

namespace bcr {
namespace {

const ModelRows& Find(const std::vector<ModelRows>& models, const std::string& key,
                      const CellName& cell) {
  return FindNamed(models, key, [](const ModelRows& model) { return model.key; },
                   {ErrorCode::kUsage, "cell " + cell.Text(), fmt::format("the model `{}`", key),
                    "a model of this graph"});
}

// Rows of the newer model as they meet those of the older one.
std::shared_ptr<const RowSource> Adapted(const SideRows& side, const ModelRows& newer,
                                         const std::string& older, size_t width,
                                         const WidthPolicy& widths) {
  const auto found = newer.projections.find(older);
  return RowsInWidth(side.rows, width, widths, side.name,
                     found == newer.projections.end() ? nullptr : found->second);
}

const SideRows& Need(const std::optional<SideRows>& side, const CellName& cell, const char* what) {
  if (side) return *side;
  throw Error(ErrorCode::kUsage,
              {"cell " + cell.Text(), fmt::format("no {} features of that model", what),
               "both sides of the cell", "Extract them, or leave the cell out."});
}

}  // namespace

CellRows RowsOfCell(const std::vector<ModelRows>& models, const CellName& cell,
                    const WidthPolicy& widths) {
  const ModelRows& query_model = Find(models, cell.query_model, cell);
  const ModelRows& gallery_model = Find(models, cell.gallery_model, cell);
  const SideRows& query = Need(query_model.query, cell, "query");
  const SideRows& gallery = Need(gallery_model.gallery, cell, "gallery");
  CellRows rows{query.rows, gallery.rows, query.index, gallery.index};
  if (&query_model > &gallery_model) {
    rows.query = Adapted(query, query_model, gallery_model.key, gallery.rows->cols(), widths);
  } else if (&query_model < &gallery_model) {
    rows.gallery = Adapted(gallery, gallery_model, query_model.key, query.rows->cols(), widths);
  }
  return rows;
}

}  // namespace bcr
