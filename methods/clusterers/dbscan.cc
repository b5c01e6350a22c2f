// DBSCAN on the k-reciprocal Jaccard distance: the clustering of Cluster Contrast (Dai et al.,
// arXiv:2103.11568, whose public code's settings are the defaults), SpCL and MMT.
#include "harness/cluster/density/dbscan.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/cluster/neighbour_parameters.h"
#include "harness/core/error.h"

namespace bcr {
namespace {

Clusterer Make(JsonReader& reader) {
  JaccardOptions jaccard = ReadJaccard(reader);
  jaccard.max_distance = static_cast<float>(reader.Number("eps", 0.0, 1.0));
  if (jaccard.max_distance >= 1) {  // as float32: KReciprocalJaccard's own bound
    throw Error(ErrorCode::kConfig, {reader.where() + ": eps", "1", "at least 0 and less than 1",
                                     "1 is the distance of images that have nothing in common."});
  }
  const int min_samples = static_cast<int>(reader.Integer("min_samples", 1, 1000));
  return [jaccard, min_samples](MatrixView unit_rows, const ClusterCall& call) {
    return Dbscan(JaccardGraph(unit_rows, jaccard, call), jaccard.max_distance, min_samples);
  };
}

std::string Warn(const Json& parameters) {
  const double eps = parameters.at("eps").get<double>();
  const int k2 = parameters.at("k2").get<int>();
  if (!IsJaccardAtom(static_cast<float>(eps), k2)) return "";
  return fmt::format(
      "clustering with eps {} and k2 {}: whole groups of images lie at exactly this distance, so "
      "that labels hang on the last bit; another eps does not have that",
      eps, k2);
}

}  // namespace

const ClustererInfo& clusterer_dbscan() {
  static const ClustererInfo info = {
      .name = "dbscan",
      .revision = 1,
      .about = "DBSCAN on k-reciprocal Jaccard distances",
      .source =
          "Ester et al., KDD 1996; Zhong et al., CVPR 2017; settings of Dai et al., "
          "arXiv:2103.11568",
      .parameters = R"({"k1": 30, "k2": 6, "eps": 0.6, "min_samples": 4})",
      .later_parameters = R"({"variant": "faiss", "search": "exact"})",
      .make = &Make,
      .warn = &Warn};
  return info;
}

}  // namespace bcr
