#include "datasets/seeded_split.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "datasets/option.h"
#include "harness/core/csv.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/random.h"

namespace bcr {

std::set<std::string> DrawIdentities(const std::set<std::string>& identities, size_t count,
                                     uint64_t seed) {
  BCR_CHECK(count <= identities.size(), "no more identities than there are");
  std::vector<std::string> order(identities.begin(), identities.end());
  Random random(seed);
  random.Shuffle(order);
  return {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count)};
}

std::unique_ptr<Dataset> MakeSplitDataset(const DataRef& ref, const std::string& reader,
                                          int revision, Listing listing,
                                          const OpenContext& context) {
  for (const Split split : {Split::kQuery, Split::kGallery}) {
    if (!listing.of(split).empty()) continue;
    throw Error(ErrorCode::kData,
                {ref.path, fmt::format("no {} image in the drawn split", SplitName(split)),
                 "enough people for a query and a gallery", "Unpack the archive again"});
  }
  std::unique_ptr<Dataset> data =
      MakeListedDataset(ref, reader, revision, std::move(listing), ReadFile);
  if (!context.take || !context.scratch_folder.empty()) return data;
  const std::string file =
      JoinPath(JoinPath(context.generated_folder, "splits"), data->hash() + ".csv");
  if (FileExists(file)) return data;
  std::string text = CsvLine({"name", "split"});
  for (const Split split : {Split::kTrain, Split::kQuery, Split::kGallery}) {
    for (const ImageRecord& image : data->images(split))
      text += CsvLine({image.name, SplitName(split)});
  }
  WriteFileAtomic(file, text);
  return data;
}

uint64_t SeedOf(const DataRef& ref) {
  return NumberOf(ref, "seed", 1, 0, std::numeric_limits<int64_t>::max());
}

}  // namespace bcr
