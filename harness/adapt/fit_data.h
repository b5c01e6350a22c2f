#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace bcr {

class RowSource;
struct FeatureTable;

// What an adapter is fitted on: rows of the two models, of the training set and never of the test
// set.
struct FitData {
  std::shared_ptr<const RowSource> from;  // N x d_in: the model whose rows will be mapped
  std::shared_ptr<const RowSource> to;    // N x d_out: row i shows the image of row i of `from`
  std::vector<std::string> labels;        // N identities, or empty where they are not known
  std::vector<bool> valid;                // N; rows to leave out are false. Empty: all are used
  int threads = 0;                        // <= 0: DefaultThreads()
  // Pairs of people whom neither model was trained on, to choose by and never to fit on; null where
  // there are none.
  std::shared_ptr<const FitData> held;

  bool Uses(size_t row) const { return valid.empty() || valid[row]; }
};

// Pairs two feature sets by `image`, in the order of `from`, with the identities as labels. Throws
// kData where one set shows an image that the other does not, or with another identity: counts them
// and names the first.
FitData PairByImage(const FeatureTable& from, const FeatureTable& to);

// Throws kData where the parts of `data` differ in length or no row is used.
void RequirePairs(const FitData& data);

}  // namespace bcr
