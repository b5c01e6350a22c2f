#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "harness/adapt/adapted_row.h"
#include "harness/adapt/adapter.h"
#include "harness/adapt/affine_state.h"
#include "harness/adapt/fit_data.h"
#include "harness/adapt/least_squares.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/features/kept_rows.h"
#include "harness/features/row_source.h"
#include "methods/adapters/arc.h"

namespace bcr {
namespace {

constexpr char kWeight[] = "weight";
constexpr size_t kMostHeld = 1500;  // rows that a weight is chosen on
constexpr int kSteps = 20;          // weights tried: 0, 1/20, ..., 1
constexpr size_t kEvery = 5;        // one person in so many is held out of the fit

// The rows of some people: every image of each, people in the order of their names.
std::vector<size_t> RowsOf(const FitData& data, const std::vector<std::string>& people,
                           size_t most) {
  std::map<std::string, std::vector<size_t>> rows;
  for (size_t i = 0; i < data.labels.size(); ++i) {
    if (data.Uses(i)) rows[data.labels[i]].push_back(i);
  }
  std::vector<size_t> chosen;
  for (const std::string& person : people) {
    const std::vector<size_t>& own = rows[person];
    if (chosen.size() + own.size() > most) break;
    chosen.insert(chosen.end(), own.begin(), own.end());
  }
  return chosen;
}

std::vector<std::string> PeopleOf(const FitData& data) {
  std::set<std::string> people;
  for (size_t i = 0; i < data.labels.size(); ++i) {
    if (data.Uses(i)) people.insert(data.labels[i]);
  }
  return {people.begin(), people.end()};
}

// The pairs that a weight is chosen on, and those that the map is fitted on meanwhile.
struct Split {
  FitData fitted, held;
  std::vector<size_t> held_rows;
};

Split SplitPeople(const FitData& data) {
  Split split{data, data.held ? *data.held : data, {}};
  std::vector<std::string> people = PeopleOf(split.held);
  if (!data.held) {
    std::vector<std::string> held;
    for (size_t i = kEvery - 1; i < people.size(); i += kEvery) held.push_back(people[i]);
    people = std::move(held);
  }
  split.held_rows = RowsOf(split.held, people, kMostHeld);
  if (!data.held) {
    split.fitted.valid.assign(data.from->rows(), true);
    for (size_t i = 0; i < data.from->rows(); ++i)
      split.fitted.valid[i] =
          data.Uses(i) && !std::binary_search(people.begin(), people.end(), data.labels[i]);
  }
  return split;
}

AdapterState FitMap(const FitData& data, double ridge) {
  const MomentOptions options{.unit_rows = true, .centre = false};
  const LeastSquares sums = SumLeastSquares(data, options);
  AdapterState state;
  state.width_in = sums.width_in();
  state.width_out = sums.width_out();
  StoreFitted(sums, SolveRidge(sums, ridge, "adapter geodesic"), options, state);
  return state;
}

// The mean average precision of held-out rows, mixed, among the earlier model's rows of all others.
class HeldOut {
 public:
  HeldOut(const Split& split, const AdapterState& map) : people_(split.held.labels) {
    const auto mapped = ApplyAffine(map, split.held.from);
    const size_t n = split.held_rows.size(), width = split.held.to->cols();
    rows_ = split.held_rows;
    const std::vector<double> own = UnitRowsOf(*split.held.to, width);
    own_by_own_ = Products(own, own, n, width);
    mapped_by_own_ = Products(UnitRowsOf(*mapped, width), own, n, width);
  }

  double Precision(double weight) const {
    const size_t n = rows_.size();
    double sum = 0;
    size_t counted = 0;
    std::vector<double> scores(n);
    for (size_t i = 0; i < n; ++i) {
      const Arc arc = ArcOf(mapped_by_own_[i * n + i], weight);
      for (size_t j = 0; j < n; ++j)
        scores[j] = arc.start * own_by_own_[i * n + j] + arc.end * mapped_by_own_[i * n + j];
      const double precision = AveragePrecision(i, scores);
      if (precision < 0) continue;
      sum += precision;
      ++counted;
    }
    return counted == 0 ? -1 : sum / static_cast<double>(counted);
  }

 private:
  std::vector<double> UnitRowsOf(const RowSource& source, size_t width) const {
    std::vector<double> values;
    std::vector<float> scratch(width);
    for (const size_t row : rows_) {
      const float* const x = source.Row(row, scratch.data());
      const double length = RowLength(x, width);
      if (!(length >= kShortestRow)) RefuseRowToFit(row, kModelToMapTo);
      for (size_t k = 0; k < width; ++k) values.push_back(x[k] / length);
    }
    return values;
  }

  // Of these rows (n x width) with the earlier model's own (n x width): n x n.
  static std::vector<double> Products(const std::vector<double>& rows,
                                      const std::vector<double>& own, size_t n, size_t width) {
    std::vector<double> products(n * n);
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j) {
        double dot = 0;
        for (size_t k = 0; k < width; ++k) dot += rows[i * width + k] * own[j * width + k];
        products[i * n + j] = dot;
      }
    }
    return products;
  }

  // -1 where nobody else shows the person. Equal scores count against the match.
  double AveragePrecision(size_t query, const std::vector<double>& scores) const {
    std::vector<std::pair<double, bool>> list;
    for (size_t j = 0; j < scores.size(); ++j) {
      if (j != query) list.emplace_back(-scores[j], people_[rows_[j]] == people_[rows_[query]]);
    }
    std::sort(list.begin(), list.end());  // of equal scores, others than the person come first
    double sum = 0, matches = 0;
    for (size_t rank = 0; rank < list.size(); ++rank) {
      if (!list[rank].second) continue;
      matches += 1;
      sum += matches / static_cast<double>(rank + 1);
    }
    return matches == 0 ? -1 : sum / matches;
  }

  std::vector<std::string> people_;
  std::vector<size_t> rows_;
  std::vector<double> own_by_own_, mapped_by_own_;  // n x n
};

[[noreturn]] void RefuseToChoose(const std::string& found) {
  throw Error(
      ErrorCode::kData,
      {"adapter geodesic: weight", found, "people of whom two or more images are held out",
       "Fit it on rows with identities, or say how much the new model counts: weight=0.5."});
}

// The best of the weights; of equal ones that which leans on the new model most.
double ChooseWeight(const FitData& data, double ridge) {
  if (data.labels.empty() && !data.held) RefuseToChoose("rows without identities");
  const Split split = SplitPeople(data);
  if (split.held_rows.empty()) RefuseToChoose("too few people");
  const HeldOut held(split, FitMap(split.fitted, ridge));
  double best = 0, chosen = 0;
  for (int step = 0; step <= kSteps; ++step) {
    const double weight = static_cast<double>(step) / kSteps;
    const double precision = held.Precision(weight);
    if (precision < 0) RefuseToChoose("one image of each person");
    if (precision < best) continue;
    best = precision;
    chosen = weight;
  }
  return chosen;
}

AdapterState Fit(const FitData& data, JsonReader& parameters) {
  const double ridge = parameters.Number("ridge", 0, 1e6);
  double weight = parameters.Number(kWeight, -1, 1);
  if (weight < 0) weight = ChooseWeight(data, ridge);
  AdapterState state = FitMap(data, ridge);
  state.numbers[kWeight] = weight;
  return state;
}

std::shared_ptr<const RowSource> Apply(const AdapterState& state,
                                       std::shared_ptr<const RowSource> rows) {
  NumberOf(state, kWeight);
  return ApplyAffine(state, std::move(rows));
}

std::shared_ptr<const RowSource> Mix(const AdapterState& state,
                                     std::shared_ptr<const RowSource> mapped,
                                     std::shared_ptr<const RowSource> own) {
  const double weight = NumberOf(state, kWeight);
  const size_t width = own->cols(), rows = own->rows();
  return NewKeptRows(rows, width, [=](size_t first, size_t count, float* out) {
    std::vector<float> one(width), other(width);
    for (size_t i = 0; i < count; ++i) {
      const float* const start = own->Row(first + i, one.data());
      const float* const end = mapped->Row(first + i, other.data());
      const double start_length = RowLength(start, width), end_length = RowLength(end, width);
      if (!(start_length >= kShortestRow) || !(end_length >= kShortestRow))
        RefuseRowToMap(first + i);
      double cosine = 0;
      for (size_t k = 0; k < width; ++k) cosine += double{start[k]} * end[k];
      const Arc arc = ArcOf(cosine / (start_length * end_length), weight);
      for (size_t k = 0; k < width; ++k)
        out[i * width + k] =
            static_cast<float>(arc.start * start[k] / start_length + arc.end * end[k] / end_length);
    }
  });
}

}  // namespace

// A query is looked for by both models: its old row and its new one, which least squares map into the
// old space, are joined by the point of the great circle between them that lies `weight` of the way
// from the old to the new one. Every query then needs both encoders; the gallery stays as it is.
//   weight  share of the way, [0, 1]; -1: the one with the best mAP (own image left out) on people who
//           are held out: those of `held` pairs, or else one in five of the fitted ones
//   ridge   of the map, as `linear`'s
// A baseline of this project; the great circle is Shoemake's slerp (SIGGRAPH 1985).
const AdapterInfo& adapter_geodesic() {
  static const AdapterInfo info = {
      .name = "geodesic",
      .revision = 1,
      .about = "old and mapped new row of a query, joined on the great circle: needs both encoders",
      .source = "a baseline of this project; Shoemake, SIGGRAPH 1985",
      .parameters = R"({"weight": -1, "ridge": 0.001})",
      .needs = AdapterNeeds::kRows,
      .widths = AdapterWidths::kAny,
      .sides = {AdapterSide::kQuery},
      .fit = Fit,
      .apply = Apply,
      .mix = Mix,
      .contract_parameters = "weight=0.5",
  };
  return info;
}

}  // namespace bcr
