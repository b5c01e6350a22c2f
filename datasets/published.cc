#include "datasets/published.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "harness/core/embedded.h"
#include "harness/core/error.h"
#include "harness/core/json.h"

namespace bcr {
namespace embedded {
const std::vector<EmbeddedFile>& dataset_stats();
}

MarketCounts PublishedCounts(const std::string& name) {
  for (const EmbeddedFile& file : embedded::dataset_stats()) {
    if (file.name != name) continue;
    const std::string where = "datasets/stats/" + name + ".json";
    const Json json = ParseJson(file.text, where);
    JsonReader reader(json, where);
    const auto count = [&reader](const char* key) {
      return static_cast<size_t>(reader.Integer(key, 0, std::numeric_limits<int64_t>::max()));
    };
    MarketCounts counts;
    counts.train_identities = count("train_identities");
    counts.train_images = count("train_images");
    counts.query_identities = count("query_identities");
    counts.query_images = count("query_images");
    counts.gallery_images = count("gallery_images");
    counts.gallery_identities = static_cast<size_t>(
        reader.Integer("gallery_identities", 0, std::numeric_limits<int64_t>::max(), 0));
    reader.Text("source");
    reader.Finish();
    return counts;
  }
  BCR_CHECK(false, "no datasets/stats file named " + name);
  return {};
}

}  // namespace bcr
