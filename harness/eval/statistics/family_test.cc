#include "harness/eval/statistics/family_test.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>

#include "harness/core/error.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

// Two sums of the same terms in another order may differ by rounding: they count as equal.
constexpr double kRounding = 1e-12;
constexpr double kFourInFive = 0.8416212335729143;  // quantile of the normal distribution at 0.8
constexpr size_t kWordBits = 64;

// The members' worsening beyond their margins, by identity: identities in rows, members in columns.
class Worsening {
 public:
  explicit Worsening(const std::vector<FamilyMember>& members) : members_(members.size()) {
    std::map<std::string, size_t> places;
    for (const FamilyMember& member : members) {
      BCR_CHECK(member.margin >= 0, "a margin below 0");
      for (const IdentityChange& change : *member.changes) places.emplace(change.identity, 0);
    }
    size_t next = 0;
    for (auto& [identity, place] : places) place = next++;
    beyond_.assign(next * members_, 0.0);
    queries_.assign(next * members_, 0.0);
    roots_.assign(members_, 0.0);
    for (const FamilyMember& member : members) handicaps_.push_back(member.handicap);
    changed_.assign(members_, false);
    for (size_t m = 0; m < members_; ++m) {
      const double sign = members[m].higher_is_better ? -1 : 1;
      for (const IdentityChange& change : *members[m].changes) {
        const size_t at = places.at(change.identity) * members_ + m;
        queries_[at] = static_cast<double>(change.queries);
        const double worse = sign * change.sum, allowed = members[m].margin * queries_[at];
        const double beyond = worse - allowed;
        // What rounding leaves of equal numbers would count like any other value, once standardised.
        const bool equal = std::fabs(beyond) <= kRounding * (std::fabs(worse) + allowed);
        beyond_[at] = equal ? 0 : beyond;
        roots_[m] += beyond_[at] * beyond_[at];
        if (change.sum != 0) changed_[m] = true;
      }
      roots_[m] = std::sqrt(roots_[m]);
    }
  }

  size_t members() const { return members_; }
  size_t identities() const { return members_ == 0 ? 0 : beyond_.size() / members_; }
  bool Changes(size_t m) const { return changed_[m]; }

  // The standardised sums of all members less their handicaps, identity g counted with the sign of bit g of the words.
  void Sums(const std::vector<uint64_t>& words, std::vector<double>& sums) const {
    std::fill(sums.begin(), sums.end(), 0.0);
    for (size_t g = 0; g < identities(); ++g) {
      const bool flipped = (words[g / kWordBits] >> (g % kWordBits) & 1) != 0;
      const double* row = beyond_.data() + g * members_;
      for (size_t m = 0; m < members_; ++m) sums[m] += flipped ? -row[m] : row[m];
    }
    for (size_t m = 0; m < members_; ++m) {
      sums[m] = (roots_[m] > 0 ? sums[m] / roots_[m] : 0) - handicaps_[m];
    }
  }

  // The worsening beyond the margin at which the member's sum, as Sums gives it, reaches `least`,
  // were the identities to scatter around it as they do around their mean.
  std::optional<double> Reaches(size_t m, double least) const {
    const double threshold = least + handicaps_[m];
    double sum = 0, queries = 0, squares = 0;
    for (size_t g = 0; g < identities(); ++g) {
      sum += beyond_[g * members_ + m];
      queries += queries_[g * members_ + m];
      squares += queries_[g * members_ + m] * queries_[g * members_ + m];
    }
    const double mean = sum / queries;
    double scatter = 0;
    for (size_t g = 0; g < identities(); ++g) {
      const double residual = beyond_[g * members_ + m] - mean * queries_[g * members_ + m];
      scatter += residual * residual;
    }
    const double left = queries * queries - threshold * threshold * squares;
    if (!(left > 0)) return std::nullopt;
    return threshold * std::sqrt(scatter / left);
  }

 private:
  const size_t members_;
  std::vector<double> beyond_, queries_, roots_, handicaps_;
  std::vector<bool> changed_;
};

// Calls of(words) for every pattern of signs, or for drawn ones; returns how many patterns that is,
// the observed one, which is counted by the caller where it is not among them, included.
template <typename Each>
size_t ForEachPattern(size_t identities, const FamilyOptions& options, const Each& of) {
  std::vector<uint64_t> words(identities / kWordBits + 1);
  const auto flips = static_cast<size_t>(options.flips);
  if (identities < kWordBits && size_t{1} << identities <= flips) {
    const size_t patterns = size_t{1} << identities;
    for (words[0] = 1; words[0] < patterns; ++words[0]) of(words);
    return patterns;
  }
  Random random(DeriveSeed(options.seed, "family test"));
  for (size_t r = 0; r < flips; ++r) {
    for (uint64_t& word : words) word = random.Next();
    of(words);
  }
  return flips + 1;
}

// The value that at most the share `level` of the patterns reaches; they are `patterns` with the
// observed one, whose own value `greatest` does not hold.
double Threshold(std::vector<double> greatest, size_t patterns, double level) {
  const auto rare = static_cast<size_t>(level * static_cast<double>(patterns) + 1e-9);
  if (rare < 1) return INFINITY;
  if (rare == 1) return *std::max_element(greatest.begin(), greatest.end());
  const auto nth = greatest.begin() + static_cast<ptrdiff_t>(rare - 2);
  std::nth_element(greatest.begin(), nth, greatest.end(), std::greater<>());
  return *nth;
}

}  // namespace

bool CanDecide(size_t identities, double level) {
  return std::exp2(-static_cast<double>(identities)) <= level;
}

std::vector<MemberTest> TestFamily(const std::vector<FamilyMember>& members,
                                   const FamilyOptions& options) {
  const Worsening worsening(members);
  const size_t count = worsening.members();
  std::vector<MemberTest> tests(count);
  if (count == 0 || worsening.identities() == 0) return tests;
  std::vector<double> observed(count), sums(count);
  worsening.Sums(std::vector<uint64_t>(worsening.identities() / kWordBits + 1), observed);
  std::vector<size_t> order(count);  // the most standing out first
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return observed[a] > observed[b]; });

  std::vector<size_t> reached(count, 1);  // patterns that reach the observed value, itself included
  std::vector<double> greatest;
  const size_t patterns =
      ForEachPattern(worsening.identities(), options, [&](const std::vector<uint64_t>& words) {
        worsening.Sums(words, sums);
        double most = -INFINITY;  // of those that stand out no more
        for (size_t k = count; k-- > 0;) {
          most = std::max(most, sums[order[k]]);
          reached[k] += most >= observed[order[k]] - kRounding ? 1 : 0;
        }
        greatest.push_back(most);
      });
  const double threshold = Threshold(std::move(greatest), patterns, options.level);
  double p = 0;  // a figure that stands out less is never surer
  for (size_t k = 0; k < count; ++k) {
    p = std::max(p, static_cast<double>(reached[k]) / static_cast<double>(patterns));
    const size_t m = order[k];
    if (!worsening.Changes(m)) continue;
    tests[m].p_value = p;
    const auto beyond = worsening.Reaches(m, threshold + kFourInFive);
    if (beyond) tests[m].shown_from = members[m].margin + *beyond;
  }
  return tests;
}

}  // namespace bcr
