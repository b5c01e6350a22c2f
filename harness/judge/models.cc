#include "harness/judge/models.h"

#include <fmt/format.h>

#include "harness/adapt/fitted_adapter.h"
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

// One side of a cell: whose rows they are, and the rows as they are compared.
struct Side {
  const SideRows& set;
  const ModelRows& model;
  std::shared_ptr<const RowSource>& rows;
  std::shared_ptr<const RowSource> own;  // of its model on the images of the other side, or null
  std::shared_ptr<const RowSource>* uncertainty = nullptr;  // of the gallery
};

std::shared_ptr<const RowSource> RowsOf(const std::optional<SideRows>& side) {
  return side ? side->rows : nullptr;
}

void BringTogether(const Side& newer, const Side& older, const WidthPolicy& widths) {
  const std::string& earlier = older.model.key;
  if (const auto use = newer.model.adapters.find(earlier); use != newer.model.adapters.end()) {
    const Side& mapped = use->second.maps_later ? newer : older;
    if (mapped.uncertainty != nullptr)
      *mapped.uncertainty = use->second.adapter->Uncertainty(mapped.rows, mapped.set.name);
    const Side& beside = use->second.maps_later ? older : newer;
    mapped.rows = use->second.adapter->ApplyBeside(mapped.rows, beside.own, mapped.set.name);
    return;
  }
  const auto found = newer.model.projections.find(earlier);
  newer.rows = RowsInWidth(newer.rows, older.rows->cols(), widths, newer.set.name,
                           found == newer.model.projections.end() ? nullptr : found->second);
}

const SideRows& Need(const std::optional<SideRows>& side, const CellName& cell, const char* what) {
  if (side) return *side;
  throw Error(ErrorCode::kUsage,
              {"cell " + cell.Text(), fmt::format("no {} features of that model", what),
               "both sides of the cell", "Extract them, or leave the cell out."});
}

}  // namespace

SharedImages ImagesOf(const std::vector<ModelRows>& models) {
  SharedImages images;
  for (const ModelRows& model : models) {
    if (images.query == nullptr && model.query) images.query = model.query->index;
    if (images.gallery == nullptr && model.gallery) images.gallery = model.gallery->index;
  }
  return images;
}

CellRows RowsOfCell(const std::vector<ModelRows>& models, const CellName& cell,
                    const WidthPolicy& widths) {
  const ModelRows& query_model = Find(models, cell.query_model, cell);
  const ModelRows& gallery_model = Find(models, cell.gallery_model, cell);
  const SideRows& query = Need(query_model.query, cell, "query");
  const SideRows& gallery = Need(gallery_model.gallery, cell, "gallery");
  CellRows rows{query.rows, gallery.rows, query.index, gallery.index, nullptr};
  const Side queries{query, query_model, rows.query, RowsOf(query_model.gallery)};
  const Side indexed{gallery, gallery_model, rows.gallery, RowsOf(gallery_model.query),
                     &rows.gallery_uncertainty};
  if (&query_model > &gallery_model) BringTogether(queries, indexed, widths);
  if (&query_model < &gallery_model) BringTogether(indexed, queries, widths);
  return rows;
}

}  // namespace bcr
