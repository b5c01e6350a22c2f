// Draws test sets on which a gate holds a second new model against a first one, and prints what it
// decides, one line a set, tab-separated:
//   worse  cross  by_value  alone  drop  shown_from
// worse: whether any judged figure fails; cross: whether the cross mAP does, adjusted for all of
// them; by_value: whether one is worse by its value alone; alone: whether an uncorrected one-sided sign-flip test of the cross mAP at the same level fails; drop:
// the observed fall of the cross mAP; shown_from: the least true fall that the gate says this set
// shows four times in five, or `-`.
// The figures are those that the gate judges unasked: mAP and rank-1 of old/old (which does not
// change), new/old and new/new, the gain, the negative flips.
// Usage: gate_sim IDENTITIES NOISE NEW_NOISE WORSE_NOISE DISTRACTORS TOLERANCE SETS SEED
#include <fmt/core.h>

#include <cstdlib>
#include <functional>
#include <string>

#include "harness/core/random.h"
#include "harness/eval/statistics/family_test.h"
#include "tests/coverage/drawn_set.h"

namespace bcr::coverage {
namespace {

constexpr double kLevel = 0.05;

using Value = std::function<double(const QueryScore&)>;

// A query's value in new/old less, or held against, the one in old/old.
ValueColumn ChangeColumn(const CellScores& old_self, const CellScores& cross, const Value& value,
                         double (*change)(double before, double now)) {
  ValueColumn column = ColumnOf(cross, value);
  for (size_t i = 0; i < column.values.size(); ++i) {
    column.values[i] = change(value(old_self.queries[i]), column.values[i]);
  }
  return column;
}

struct Figure {
  ValueColumn baseline, run;
  bool higher_is_better = true;
  double handicap = kGateHandicap;
};

std::vector<Figure> FiguresOf(const DrawnSet& set) {
  const Value ap = [](const QueryScore& query) { return query.ap_hits; };
  const Value hit = [](const QueryScore& query) { return HitWithin(query, 1); };
  const auto gain = [](double before, double now) { return now - before; };
  const auto flip = [](double before, double now) { return before == 1 && now == 0 ? 1.0 : 0.0; };
  std::vector<Figure> figures;
  for (const Value& value : {ap, hit}) {
    figures.push_back({ColumnOf(set.first_cross, value), ColumnOf(set.second_cross, value)});
    figures.push_back({ColumnOf(set.first_self, value), ColumnOf(set.second_self, value)});
    figures.push_back({ColumnOf(set.old_self, value), ColumnOf(set.old_self, value)});
  }
  figures.push_back({ChangeColumn(set.old_self, set.first_cross, ap, gain),
                     ChangeColumn(set.old_self, set.second_cross, ap, gain), true, 0});
  figures.front().handicap = 0;  // the cross mAP, as the gain, which moves with it
  figures.push_back({ChangeColumn(set.old_self, set.first_cross, hit, flip),
                     ChangeColumn(set.old_self, set.second_cross, hit, flip), false});
  return figures;
}

void Judge(const DrawnSet& set, double tolerance, uint64_t seed) {
  const std::vector<Figure> figures = FiguresOf(set);
  std::vector<PairedTest> tests;
  std::vector<FamilyMember> members;
  bool by_value = false;
  for (const Figure& figure : figures) {
    // One half-sample: the changes by identity are all that is needed of it.
    tests.push_back(
        ComparePaired(figure.baseline, figure.run, set.identities, {.seed = seed, .resamples = 1}));
    const double change = *tests.back().difference.value;
    by_value = by_value || (figure.higher_is_better ? change : -change) < -tolerance;
  }
  for (size_t f = 0; f < figures.size(); ++f) {
    members.push_back(
        {&tests[f].changes, figures[f].higher_is_better, tolerance, figures[f].handicap});
  }
  const FamilyOptions options{.level = kLevel, .seed = seed};
  const std::vector<MemberTest> family = TestFamily(members, options);
  bool worse = false;
  for (const MemberTest& test : family) worse = worse || test.p_value <= kLevel;
  const bool alone = TestFamily({members.front()}, options).front().p_value <= kLevel;
  const bool cross = family.front().p_value <= kLevel;
  fmt::print("{}\t{}\t{}\t{}\t{:.10g}\t{}\n", worse ? 1 : 0, cross ? 1 : 0, by_value ? 1 : 0,
             alone ? 1 : 0, -*tests.front().difference.value,
             family.front().shown_from ? fmt::format("{:.10g}", *family.front().shown_from) : "-");
}

int Run(int argc, char** argv) {
  if (argc != 9) {
    fmt::print(stderr,
               "usage: gate_sim IDENTITIES NOISE NEW_NOISE WORSE_NOISE DISTRACTORS TOLERANCE SETS "
               "SEED\n");
    return 2;
  }
  const SetMaker maker({.identities = std::stoul(argv[1]),
                        .noise = std::stod(argv[2]),
                        .new_noise = std::stod(argv[3]),
                        .second_noise = std::stod(argv[4]),
                        .distractors = std::stoul(argv[5])});
  const double tolerance = std::stod(argv[6]);
  const size_t sets = std::stoul(argv[7]), seed = std::stoul(argv[8]);
  for (size_t s = 0; s < sets; ++s) {
    const uint64_t set_seed = DeriveSeed(DeriveSeed(seed, "gate"), s);
    Judge(maker.Draw(set_seed), tolerance, set_seed);
  }
  return 0;
}

}  // namespace
}  // namespace bcr::coverage

int main(int argc, char** argv) {
  try {
    return bcr::coverage::Run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "gate_sim: {}\n", error.what());
    return 2;
  }
}
