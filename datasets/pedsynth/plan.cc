#include "datasets/pedsynth/plan.h"

#include <fmt/core.h>

#include <algorithm>

#include "datasets/pedsynth/options.h"
#include "harness/core/random.h"

namespace bcr::pedsynth {
namespace {

constexpr int kExtrasPerGroup = 16;
constexpr const char* kTrainFolder = "bounding_box_train";
constexpr const char* kQueryFolder = "query";
constexpr const char* kGalleryFolder = "bounding_box_test";

size_t Groups(int extras) {
  return static_cast<size_t>((extras + kExtrasPerGroup - 1) / kExtrasPerGroup);
}

uint64_t MasterSeed(const Options& o) { return DeriveSeed(o.seed, "pedsynth-" + o.domain); }

std::string Name(const Options& o, const char* folder, const std::string& identity, int camera,
                 int sequence, int frame, int box) {
  const int digits = o.cameras >= 100 ? 3 : o.cameras >= 10 ? 2 : 1;
  return fmt::format("{}/{}_c{:0{}}s{}_{:06}_{:02}.jpg", folder, identity, camera + 1, digits,
                     sequence, frame, box);
}

// The cameras a person passes, in the order of passing: at least two where there are two.
std::vector<int> VisitedCameras(const Options& o, Random& random) {
  std::vector<int> cameras(static_cast<size_t>(o.cameras));
  for (int i = 0; i < o.cameras; ++i) cameras[static_cast<size_t>(i)] = i;
  random.Shuffle(cameras);
  const size_t most = std::min<size_t>(cameras.size(), 6);
  const size_t least = std::min<size_t>(most, 2);
  cameras.resize(least + random.Below(most - least + 1));
  return cameras;
}

int CountImages(const Options& o, Random& random) {
  const int spread = o.images * 2 / 5;
  return o.images - spread + static_cast<int>(random.Below(static_cast<uint64_t>(2 * spread) + 1));
}

std::vector<Shot> PlanPerson(const Options& o, const char* split, int index) {
  const bool train = split == std::string("train");
  const uint64_t seed = DeriveSeed(DeriveSeed(MasterSeed(o), split), static_cast<uint64_t>(index));
  Random random(DeriveSeed(seed, "plan"));
  const std::vector<int> visited = VisitedCameras(o, random);
  const int queries =
      train ? 0 : std::min<int>(static_cast<int>(visited.size()), random.Chance(0.2) ? 3 : 2);
  const int images = std::max(CountImages(o, random), train ? 1 : queries + 2);
  const std::string identity = fmt::format("{:04}", (train ? 1 : 1 + o.identities) + index);
  const int first_frame = static_cast<int>(random.Below(60000));
  std::vector<Shot> shots;
  for (int i = 0; i < images; ++i) {
    // Queries come one from each of the first cameras; so do the first gallery pictures, which
    // gives every query a match elsewhere.
    const bool query = i < queries;
    const auto turn = static_cast<size_t>(query ? i : i - queries);
    Shot shot;
    shot.camera = turn < visited.size() ? visited[turn] : visited[random.Below(visited.size())];
    shot.person = DeriveSeed(seed, "person");
    shot.seed = DeriveSeed(DeriveSeed(seed, "image"), static_cast<uint64_t>(i));
    const char* folder = train ? kTrainFolder : query ? kQueryFolder : kGalleryFolder;
    const int sequence = 1 + static_cast<int>(random.Below(3));
    shot.path =
        Name(o, folder, identity, shot.camera, sequence, first_frame + 25 * i, query ? 0 : 1);
    shots.push_back(shot);
  }
  return shots;
}

std::vector<Shot> PlanExtras(const Options& o, Kind kind, int group) {
  const bool junk = kind == Kind::kJunk;
  const int total = junk ? o.junk : o.distractors;
  const uint64_t seed = DeriveSeed(MasterSeed(o), junk ? "junk" : "distractor");
  std::vector<Shot> shots;
  for (int i = group * kExtrasPerGroup; i < std::min(total, (group + 1) * kExtrasPerGroup); ++i) {
    Random random(DeriveSeed(seed, static_cast<uint64_t>(i)));
    Shot shot;
    shot.kind = kind;
    shot.camera = static_cast<int>(random.Below(static_cast<uint64_t>(o.cameras)));
    shot.person = random.Next();
    shot.seed = random.Next();
    shot.path = Name(o, kGalleryFolder, junk ? "-1" : "0000", shot.camera,
                     1 + static_cast<int>(random.Below(3)), i, junk ? 3 : 2);
    shots.push_back(shot);
  }
  return shots;
}

}  // namespace

size_t GroupCount(const Options& o) {
  return static_cast<size_t>(o.identities) + static_cast<size_t>(o.test_identities) +
         Groups(o.distractors) + Groups(o.junk);
}

std::vector<Shot> PlanGroup(const Options& o, size_t group) {
  const auto train = static_cast<size_t>(o.identities),
             test = static_cast<size_t>(o.test_identities);
  if (group < train) return PlanPerson(o, "train", static_cast<int>(group));
  group -= train;
  if (group < test) return PlanPerson(o, "test", static_cast<int>(group));
  group -= test;
  if (group < Groups(o.distractors))
    return PlanExtras(o, Kind::kDistractor, static_cast<int>(group));
  return PlanExtras(o, Kind::kJunk, static_cast<int>(group - Groups(o.distractors)));
}

}  // namespace bcr::pedsynth
