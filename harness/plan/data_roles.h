#pragma once

#include <compare>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "harness/core/dataset.h"
#include "harness/data/image_store.h"
#include "harness/plan/request.h"
#include "harness/store/artifact_store.h"

namespace bcr {

class TemporaryFolder;

struct ImageList;

// Pixels that images are packed at, and how they come to that size (harness/data/resize.h); 0 x 0: those
// of the run, which its profile gives.
struct PackedSize {
  int height = 0, width = 0;
  std::string resize = "area";
  auto operator<=>(const PackedSize&) const = default;
};

// The data sets bound to data roles ("target", "source", ...), opened on demand, their images packed
// on demand.
class DataRoles {
 public:
  // With `list_only` (a dry run) no image is decoded, nothing is left in the store (what must be
  // drawn to be listed goes to a temporary folder), and Images must not be called.
  DataRoles(const RunRequest& request, const PlugIns& plug_ins, ArtifactStore& store,
            PackedSize size, bool list_only);
  ~DataRoles();

  // Throws kUsage where no data set is bound to the role.
  const Dataset& Data(const std::string& role);
  // What decides the packed images of a split: the inputs of their place in the store.
  Json ImagesInputs(const std::string& role, Split split, PackedSize size = {});
  // Packed images of one split: what training and extraction read.
  const ImageStore& Images(const std::string& role, Split split, PackedSize size = {});
  // Whether packed images that are open have changed on disk; they are then closed, and packed anew
  // when they are asked for again. REQUIRES: no list made of them is in use.
  bool DropDamaged(const std::string& role, Split split, PackedSize size = {});
  // Packed images of a list, in its order. REQUIRES: this object outlives the result.
  std::unique_ptr<ImageStore> Images(const ImageList& list);
  // The images of a split that are really there: without those skipped as unreadable. Packs only
  // where images may be skipped.
  const std::vector<ImageRecord>& Kept(const std::string& role, Split split);
  // Images left out so far, by role.
  std::vector<std::string> Bad(const std::string& role) const;
  // Whether unreadable images are left out (otherwise the first one ends the run).
  bool may_skip() const { return request_.on_bad_image == OnBadImage::kSkip; }
  bool list_only() const { return list_only_; }

 private:
  // Role, split and size, the run's own written out.
  using Place = std::tuple<std::string, Split, PackedSize>;
  Place PlaceOf(const std::string& role, Split split, PackedSize size) const;
  Json InputsOf(const Place& place);
  std::string ImagesKey(const Place& place);

  const RunRequest& request_;
  const PlugIns& plug_ins_;
  ArtifactStore& store_;
  PackedSize size_;
  bool list_only_;
  std::unique_ptr<TemporaryFolder> scratch_;
  std::map<std::string, std::unique_ptr<Dataset>> data_;
  std::map<Place, std::unique_ptr<ImageStore>> images_;
  std::set<Place> distrusted_;                      // to be read from end to end when opened
  std::vector<std::unique_ptr<ImageStore>> views_;  // parts of joined lists
};

}  // namespace bcr
