#include "harness/adapt/set_fit.h"

#include <utility>

#include "harness/adapt/fit_data.h"
#include "harness/features/feature_table.h"

namespace bcr {

SetFit FitOnSets(const SetFitRequest& request) {
  RequireSide(*request.choice.info, request.side);
  // Whether a row needs a direction is the adapter's business.
  const FeatureTableOptions options = {
      .refuse_zero_rows = false, .threads = request.threads, .needs_cameras = false};
  FeatureTable old_set = OpenFeatureTable(request.old_set, options);
  FeatureTable new_set = OpenFeatureTable(request.new_set, options);
  const bool to_old = request.side == AdapterSide::kQuery;
  FitData data = to_old ? PairByImage(new_set, old_set) : PairByImage(old_set, new_set);
  data.threads = request.threads;
  return {FitAdapter(request.choice, data), std::move(old_set.hash), std::move(new_set.hash),
          std::move(old_set.index.images)};
}

}  // namespace bcr
