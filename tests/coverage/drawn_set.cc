#include "tests/coverage/drawn_set.h"

#include <cmath>

#include "harness/core/matrix.h"
#include "harness/features/feature_index.h"
#include "harness/features/row_source.h"

namespace bcr::coverage {
namespace {

constexpr size_t kWidth = 16;
constexpr double kSpread = 0.4;  // of the logarithm of an identity's noise
constexpr double kShared = 0.5;  // correlation of two models' noise on one image

struct Rows {
  FeatureIndex index;
  std::vector<float> old_rows, first_rows, second_rows;
};

// One image: the identity's point, and noise that the models share in part.
void AddImage(Random& random, const std::vector<double>& point, double harder,
              const SetShape& shape, Rows& rows) {
  const double old_noise = harder * shape.noise, new_noise = harder * shape.new_noise;
  const double second_noise = shape.second_noise > 0 ? harder * shape.second_noise : new_noise;
  const double own = std::sqrt(1 - kShared);
  const double common = std::sqrt(kShared);
  for (const double x : point) {
    const double shared = common * random.Normal();
    rows.old_rows.push_back(static_cast<float>(x + old_noise * (shared + own * random.Normal())));
    rows.first_rows.push_back(static_cast<float>(x + new_noise * (shared + own * random.Normal())));
    rows.second_rows.push_back(
        static_cast<float>(x + second_noise * (shared + own * random.Normal())));
  }
}

void AddName(const std::string& image, const std::string& identity, const char* camera,
             FeatureIndex& index) {
  index.images.push_back(image);
  index.identities.push_back(identity);
  index.cameras.push_back(camera);
}

std::vector<double> Point(Random& random) {
  std::vector<double> point(kWidth);
  for (double& x : point) x = random.Normal();
  return point;
}

FloatMatrix Matrix(const std::vector<float>& values) {
  FloatMatrix matrix(values.size() / kWidth, kWidth);
  for (size_t i = 0; i < values.size(); ++i) matrix.row(i / kWidth)[i % kWidth] = values[i];
  return matrix;
}

CellScores Score(const std::vector<float>& query, const FeatureIndex& query_index,
                 const std::vector<float>& gallery, const FeatureIndex& gallery_index) {
  const FloatMatrix q = Matrix(query), g = Matrix(gallery);
  return ScoreRows(*NewMatrixRows(q.view()), query_index, *NewMatrixRows(g.view()), gallery_index,
                   {.max_rank = 10, .threads = 1});
}

Rows Distractors(const SetShape& shape, uint64_t seed) {
  Random random(DeriveSeed(seed, "distractors"));
  Rows rows;
  for (size_t i = 0; i < shape.distractors; ++i) {
    AddImage(random, Point(random), 1, shape, rows);
  }
  return rows;
}

}  // namespace

ValueColumn ColumnOf(const CellScores& cell,
                     const std::function<double(const QueryScore&)>& value) {
  ValueColumn column;
  for (const QueryScore& query : cell.queries) {
    column.valid.push_back(query.valid);
    column.values.push_back(query.valid ? value(query) : 0);
  }
  return column;
}

SetMaker::SetMaker(const SetShape& shape) : shape_(shape) {
  Rows rows = Distractors(shape, 7);
  old_distractors_ = std::move(rows.old_rows);
  new_distractors_ = std::move(rows.first_rows);
}

DrawnSet SetMaker::Draw(uint64_t seed) const {
  constexpr size_t kUnevenQueries[] = {1, 1, 2, 2, 3, 4, 6, 10};
  constexpr size_t kUnevenGallery[] = {1, 2, 3, 4, 6};
  Random random(DeriveSeed(seed, "test set"));
  Rows query, gallery;
  for (size_t p = 0; p < shape_.identities; ++p) {
    const std::vector<double> point = Point(random);
    const double harder = std::exp(kSpread * random.Normal());
    const size_t queries = shape_.uneven ? kUnevenQueries[random.Below(8)] : 3;
    const size_t images = shape_.uneven ? kUnevenGallery[random.Below(5)] : 3;
    const std::string name = "p" + std::to_string(p);
    for (size_t i = 0; i < queries + images; ++i) {
      Rows& rows = i < queries ? query : gallery;
      AddImage(random, point, harder, shape_, rows);
      AddName(name + "-" + std::to_string(i), name, i < queries ? "a" : "b", rows.index);
    }
  }
  for (size_t i = 0; i < shape_.distractors; ++i) {
    AddName("other-" + std::to_string(i), "0000", "b", gallery.index);
  }
  const auto append = [](std::vector<float>& rows, const std::vector<float>& more) {
    rows.insert(rows.end(), more.begin(), more.end());
  };
  if (shape_.second_noise > 0) {
    // Drawn for each set: two models that saw other noise on the same few distractors in all sets
    // would not be equally good.
    const Rows drawn = Distractors(shape_, seed);
    append(gallery.old_rows, drawn.old_rows);
    append(gallery.first_rows, drawn.first_rows);
    append(gallery.second_rows, drawn.second_rows);
  } else {
    append(gallery.old_rows, old_distractors_);
    append(gallery.first_rows, new_distractors_);
  }
  DrawnSet set;
  set.identities = query.index.identities;
  set.old_self = Score(query.old_rows, query.index, gallery.old_rows, gallery.index);
  set.first_cross = Score(query.first_rows, query.index, gallery.old_rows, gallery.index);
  set.second_cross = Score(query.second_rows, query.index, gallery.old_rows, gallery.index);
  set.first_self = Score(query.first_rows, query.index, gallery.first_rows, gallery.index);
  if (shape_.second_noise > 0) {
    set.second_self = Score(query.second_rows, query.index, gallery.second_rows, gallery.index);
  }
  return set;
}

}  // namespace bcr::coverage
