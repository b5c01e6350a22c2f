#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/core/dataset.h"
#include "protocols/setting.h"

namespace bcr {

// Rows of one train split, ascending, with the identities they show (distinct, sorted).
struct ViewRows {
  std::string data;  // a role
  std::vector<size_t> rows;
  std::vector<std::string> identities;
  std::string hash;  // of the exact list of names and identities
};

// The exact images each model of a setting sees.
struct TrainingViews {
  std::map<std::string, std::vector<ViewRows>> models;  // by name; one view for each data role
  std::map<std::string, ViewRows>
      validation;     // by data role; held out from every model of that role
  std::string lists;  // canonical JSON of all of the above by file names and identities: stored
                      // with the run
  std::string hash;   // of `lists`
};

// What MakeViews draws from: by role, the train split in the order in which rows are counted. Roles
// that the setting does not use may be absent.
using TrainImages = std::map<std::string, const std::vector<ImageRecord>*>;

// Draws the views. Everything depends on (setting, names, identities, cameras, seed) alone, not on
// the order of rows.
//
// Per data role, on the sorted identities:
//   subset      with max_identities > 0, that many identities of the permutation "subset";
//   validation  round(validation_share * N) identities, at least 2, at most N - 2, of the
//               permutation "validation"; at least two of them have images from two cameras where
//               the role has such identities;
//   identities  a share s keeps the first round(s * M), at least 2, of the permutation "split" of
//               the M others;
//   images      a share s keeps the first round(s * m), at least min(2, m), of an identity's m
//               images in the order of `SplitOrder` below.
// round() is half up. Both shares take prefixes of orders that do not depend on the share, so a
// smaller share is always a subset of a larger one, and the old model's images a subset of the new
// one's in domain. A part [a, b] keeps exactly what the share b has and the share a has not; an
// identity that is left without an image is left out.
//
// The validation images are scored against themselves, under a policy that drops same-identity
// same-camera pairs. In a setting without target labels, those of the validation identities serve
// selection and are never trained on.
//
// Throws kData where a role in use has no images, fewer than 2 identities (4 with validation), or
// names that occur twice, and where a part leaves a model fewer than 2 identities.
TrainingViews MakeViews(const Setting& setting, const TrainImages& images, uint64_t seed,
                        int max_identities = 0);

// The view of these rows of a role's train split, in any order, without repetitions.
ViewRows ViewOf(const std::string& role, std::vector<size_t> rows,
                const std::vector<ImageRecord>& images);

// The order in which an identity's images enter a view. `cameras[i]` is the camera of image i; the
// result permutes 0..n-1. Cameras are represented in proportion in every prefix (image j of n_c of
// a camera enters at (j + 1/2) / n_c, ties in random camera order), and the first two images come
// from two cameras where there are two.
std::vector<size_t> SplitOrder(const std::vector<std::string>& cameras, uint64_t seed);

// round(share * count), half up, at least min(least, count), at most count.
size_t ShareOf(double share, size_t count, size_t least);

}  // namespace bcr
