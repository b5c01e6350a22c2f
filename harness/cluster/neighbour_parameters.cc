#include "harness/cluster/neighbour_parameters.h"

#include <algorithm>

#include "harness/core/time_split.h"

namespace bcr {

std::string ReadSearch(JsonReader& reader) { return reader.Text("search"); }

JaccardOptions ReadJaccard(JsonReader& reader) {
  JaccardOptions options;
  const std::vector<std::string>& names = JaccardVariantNames();
  const std::string variant = reader.Choice("variant", names);
  options.variant =
      static_cast<JaccardVariant>(std::find(names.begin(), names.end(), variant) - names.begin());
  options.k1 = static_cast<int>(reader.Integer("k1", 2, 1000));
  options.k2 = static_cast<int>(reader.Integer("k2", 1, 1000));
  options.search = ReadSearch(reader);
  NeighboursFor(options);  // refuses what does not go together
  return options;
}

NeighbourTable SearchNeighbours(MatrixView unit_rows, NeighbourOptions options,
                                const ClusterCall& call) {
  options.threads = call.threads;
  options.progress = call.progress;
  if (call.time == nullptr) return NearestRows(unit_rows, options);
  const ScopedTime timer(*call.time, "neighbours");
  return NearestRows(unit_rows, options);
}

SparseGraph JaccardGraph(MatrixView unit_rows, JaccardOptions options, const ClusterCall& call) {
  options.threads = call.threads;
  const NeighbourTable table = SearchNeighbours(unit_rows, NeighboursFor(options), call);
  return KReciprocalJaccard(unit_rows, table, options);
}

}  // namespace bcr
