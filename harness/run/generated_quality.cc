#include "harness/run/generated_quality.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/data/contact_sheet.h"
#include "harness/data/image_store.h"
#include "harness/nn/feature_clouds.h"

namespace bcr {

namespace {

constexpr size_t kNeighbours = 3;
constexpr int kColumns = 16, kBlocks = 2;
constexpr float kCopy = 0.999F;
// So many are enough for a median, and keep the search in seconds at the size of a real data set.
constexpr size_t kMostSearched = 2000;

FloatMatrix Rows(const FloatMatrix& all, const std::vector<size_t>& rows) {
  FloatMatrix some(rows.size(), all.cols());
  for (size_t i = 0; i < rows.size(); ++i) std::copy_n(all.row(rows[i]), all.cols(), some.row(i));
  return some;
}

std::vector<size_t> Range(size_t first, size_t count) {
  std::vector<size_t> rows(count);
  std::iota(rows.begin(), rows.end(), first);
  return rows;
}

double Median(std::vector<float> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

std::string SheetOf(const ImageStore& real, const ImageStore& generated,
                    const std::vector<std::vector<NearestRow>>& nearest) {
  ContactSheet sheet(kBlocks * (1 + static_cast<int>(kNeighbours)), kColumns, real.height(),
                     real.width());
  const size_t columns = std::min<size_t>(kColumns, nearest.size() / kBlocks);
  const std::vector<uint8_t> white(static_cast<size_t>(real.height()) * real.width() * 3, 255);
  for (size_t block = 0; block < kBlocks; ++block) {
    for (size_t line = 0; line <= kNeighbours; ++line) {
      for (size_t column = 0; column < kColumns; ++column) {
        const size_t image = block * columns + column;
        if (column >= columns) {
          sheet.Add(white.data());
        } else {
          sheet.Add(line == 0 ? generated.pixels(image)
                              : real.pixels(nearest[image][line - 1].row));
        }
      }
    }
  }
  return sheet.Png();
}

}  // namespace

GeneratedQuality JudgeGenerated(const ImageStore& real, const FloatMatrix& real_features,
                                const ImageStore& generated, const FloatMatrix& generated_features,
                                uint64_t seed) {
  BCR_CHECK(real_features.rows() >= 4 && generated_features.rows() >= 4, "four images of each");
  std::vector<size_t> order = Range(0, real_features.rows());
  Random(DeriveSeed(seed, "halves")).Shuffle(order);
  const size_t half = std::min(order.size() / 2, generated_features.rows());
  const FloatMatrix first = Rows(real_features, {order.begin(), order.begin() + half});
  const FloatMatrix second = Rows(real_features, {order.end() - half, order.end()});
  const FloatMatrix made = Rows(generated_features, Range(0, half));

  const size_t searched = std::min(kMostSearched, generated_features.rows());
  const auto nearest =
      NearestRows(Rows(generated_features, Range(0, searched)), real_features, kNeighbours);
  const std::vector<size_t> some(order.begin(),
                                 order.begin() + std::min(kMostSearched, order.size()));
  // The nearest of all is the image itself.
  const auto among_real = NearestRows(Rows(real_features, some), real_features, 2);
  std::vector<float> similarities, real_similarities;
  for (const auto& rows : nearest) similarities.push_back(rows[0].similarity);
  for (size_t i = 0; i < some.size(); ++i)
    real_similarities.push_back(among_real[i][among_real[i][0].row == some[i] ? 1 : 0].similarity);

  GeneratedQuality quality;
  quality.figures = {
      {"frechet_distance", FrechetDistance(made, second)},
      {"frechet_distance_of_real_images", FrechetDistance(first, second)},
      {"frechet_images", half},
      {"similarity_to_nearest", Median(similarities)},
      {"similarity_of_real_images", Median(real_similarities)},
      {"searched", searched},
      {"copies", std::count_if(similarities.begin(), similarities.end(),
                               [](float similarity) { return similarity > kCopy; })}};
  quality.sheet = SheetOf(real, generated, nearest);
  return quality;
}

}  // namespace bcr
