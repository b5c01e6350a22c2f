#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/matrix.h"
#include "harness/features/row_source.h"

namespace bcr {

class FittedAdapter;
struct FeatureIndex;
struct WidthPolicy;

// Features of one side of a model, n x d, and whom they show, row for row.
struct SideRows {
  std::string name;  // for messages: "--new-query", "new: queries"
  std::shared_ptr<const RowSource> rows;
  const FeatureIndex* index = nullptr;  // borrowed
};

// How a model's rows and those of an earlier one are brought into one space.
struct AdapterUse {
  const FittedAdapter* adapter = nullptr;  // borrowed
  // Which rows it maps: those of the later model into the earlier one's space, or the reverse.
  bool maps_later = true;
};

// One model of a graph as the judge sees it. All models show the same queries and the same gallery,
// row for row.
struct ModelRows {
  std::string key;                         // what cells name
  std::optional<SideRows> query, gallery;  // absent: not extracted
  // Under the policy `project`: the matrix by which this model meets an earlier one, by the key of
  // that model. Borrowed; a model without one is cut or padded.
  std::map<std::string, const FloatMatrix*> projections;
  // In place of the width policy: the map by which it meets an earlier model, by that model's key.
  std::map<std::string, AdapterUse> adapters;
};

// A cell by name: the queries of one model search the gallery of another, or of the same.
struct CellName {
  std::string query_model, gallery_model;
  std::string Text() const { return query_model + "/" + gallery_model; }
  bool operator==(const CellName&) const = default;
};

// The rows of one cell as they are compared: both sides in one width.
struct CellRows {
  std::shared_ptr<const RowSource> query, gallery;
  const FeatureIndex* query_index = nullptr;    // borrowed
  const FeatureIndex* gallery_index = nullptr;  // borrowed
  // Of an adapter that maps the gallery and says it: n x 1; else null.
  std::shared_ptr<const RowSource> gallery_uncertainty;
};
using CellRowsMaker = std::function<CellRows(const CellName&)>;

// Whom the models' rows show: the indexes of the first query set and of the first gallery that is
// there, row for row with all others of that side. Null where there is none. Borrowed.
struct SharedImages {
  const FeatureIndex* query = nullptr;
  const FeatureIndex* gallery = nullptr;
};
SharedImages ImagesOf(const std::vector<ModelRows>& models);

// The rows of a cell. The side of the model that comes later in `models`, the newer one, is brought
// to the width of the other by the width policy, and the older side stays as it is; where the newer
// model has an adapter for the older one, that maps the rows of the side it is made for. Throws
// kUsage where the models do not have what the cell needs, and what RequireServes and
// FittedAdapter::Apply throw.
CellRows RowsOfCell(const std::vector<ModelRows>& models, const CellName& cell,
                    const WidthPolicy& widths);

}  // namespace bcr
