#include "harness/app/section_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>

#include "harness/core/error.h"

namespace bcr {
namespace {

constexpr int kMostPeople = 10000, kMostImages = 1000;
constexpr int64_t kMostOutcomes = 10'000'000;  // people of episodes: a gigabyte, as they are kept

[[noreturn]] void Refuse(const std::string& where, const std::string& found,
                         const std::string& expected) {
  throw Error(ErrorCode::kUsage, {where, found, expected, ""});
}

// The whole text as a number.
template <typename Number>
bool Parse(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

EpisodeKind KindOf(const std::string& text, int queries) {
  EpisodeKind kind;
  kind.queries = queries;
  const size_t cross = text.find('x');
  const std::string_view all = text;
  const bool read = cross != std::string::npos && Parse(all.substr(0, cross), kind.way) &&
                    Parse(all.substr(cross + 1), kind.shot);
  if (read && kind.way >= 2 && kind.way <= kMostPeople && kind.shot >= 1 &&
      kind.shot <= kMostImages)
    return kind;
  Refuse("--episodes", fmt::format("`{}`", text),
         fmt::format("WAYxSHOT, e.g. 5x1: 2 to {} people, each enrolled with 1 to {} images",
                     kMostPeople, kMostImages));
}

double SizeOf(const std::string& text) {
  double size = 0;
  if (Parse(std::string_view(text), size) && std::isfinite(size) && size > 0) return size;
  Refuse("--candidates", fmt::format("`{}`", text), "mean numbers of people above 0, e.g. 1,5");
}

}  // namespace

void AddSectionFlags(CLI::App& command, SectionFlags& flags) {
  CLI::Option* episodes =
      command
          .add_option("--episodes", flags.episodes,
                      "Also N-way K-shot accuracy, WAYxSHOT[,...], e.g. 5x1,5x5: every cell on the "
                      "same episodes")
          ->delimiter(',')
          ->allow_extra_args(false);
  command.add_option("--episode-count", flags.episode_count, "How many episodes of each kind")
      ->capture_default_str()
      ->needs(episodes)
      ->check(CLI::Range(2, 1000000));
  command
      .add_option("--episode-queries", flags.episode_queries,
                  "Queries of each person of an episode, at most")
      ->capture_default_str()
      ->needs(episodes)
      ->check(CLI::Range(1, 1000000));
  command
      .add_option(
          "--candidates", flags.candidates,
          "Also candidate sets of K[,...] people a query on average: what one threshold for "
          "all queries finds, and what an upgrade does to it")
      ->delimiter(',')
      ->allow_extra_args(false);
}

void AskFor(const SectionFlags& flags, SectionsAsked& asked) {
  asked.episode_count = flags.episode_count;
  for (const std::string& text : flags.episodes) {
    const EpisodeKind kind = KindOf(text, flags.episode_queries);
    for (const EpisodeKind& known : asked.episodes) {
      if (known.Text() == kind.Text()) Refuse("--episodes", kind.Text() + " twice", "each once");
    }
    if (int64_t{kind.way} * flags.episode_count > kMostOutcomes) {
      Refuse("--episodes " + kind.Text(),
             fmt::format("{} episodes of {} people", flags.episode_count, kind.way),
             fmt::format("no more than {} people in all episodes: a smaller --episode-count",
                         kMostOutcomes));
    }
    asked.episodes.push_back(kind);
  }
  for (const std::string& text : flags.candidates) {
    const double size = SizeOf(text);
    if (std::find(asked.candidates.begin(), asked.candidates.end(), size) != asked.candidates.end())
      Refuse("--candidates", text + " twice", "each once");
    asked.candidates.push_back(size);
  }
}

}  // namespace bcr
