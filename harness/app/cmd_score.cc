#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/app/command.h"
#include "harness/app/score_flags.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/printable.h"
#include "harness/core/progress.h"
#include "harness/judge/score.h"
#include "reports/score_text.h"

namespace bcr {
namespace {

constexpr const char* kExamples = R"(
A feature set is a folder with features.npy (n x d) and index.csv (image,identity,camera), a .npy or
a .safetensors file with its CSV beside it; several paths are shards of one set.
Examples:
  bcreid score --query query --gallery gallery
  bcreid score --old-query oq --old-gallery og --new-query nq --new-gallery ng --json run.json
  bcreid score --old-query oq --old-gallery og --new-query nq        before extracting again
  bcreid score --old-query oq --old-gallery og --new-query nq --adapter procrustes --fit-old ot --fit-new nt
  bcreid score --model v1=q1,g1 --model v2=q2,g2 --model v3=q3,g3    a chain of upgrades
  bcreid score --query query --gallery shard-0 shard-1 --policy none
Policies: what is left out of the gallery for a query.
  market              images of its identity by its own camera; identity -1 (junk); 0 is never a match
  camera              images of its identity by its own camera; -1 and 0 are people
  none                nothing; index.csv needs no column camera
  cuhk03-single-shot  as camera, and all but one image of every identity, in expectation
Ties, equal distances: by-row puts the earlier gallery row first, optimistic matches first,
pessimistic matches last; mean is the expectation over all orders.)";

int Execute(const ScoreFlags& flags, const std::string& command_line) {
  ScoreRequest request = RequestOf(flags);
  const MetricList further = ParseQueryMetrics(flags.metrics, "--metrics");
  request.command_line = command_line;
  if (!request.json.empty()) RequireReplaceable(request.json, "score report", IsScoreReport);
  CheckPageFlags(flags.page);
  const ScoreOutcome outcome = ScoreSets(request);
  for (const std::string& note : outcome.notes) Say("note: " + note, request.quiet);
  const Json json = ScoreReportJson(outcome.report);
  if (!request.json.empty()) StoreResult(request.json, json, outcome.queries);
  PrintText(ScoreText(outcome.report, further, {flags.thresholds, flags.worst.has_value()}));
  if (!request.json.empty()) Say("report: " + request.json, request.quiet);
  if (flags.page.Any()) {
    std::vector<std::vector<PerQueryRow>> queries;
    for (const SideFile& side : outcome.queries)
      queries.push_back(ParsePerQuery(side.text, side.file));
    WritePage(outcome.report, std::move(queries), flags.page);
    if (!flags.page.html.empty()) Say("page: " + flags.page.html, request.quiet);
  }
  return kExitOk;
}

void AddSets(CLI::App& score, ScoreFlags& flags) {
  const auto set = [&](const char* name, std::vector<std::string>& paths, const char* about) {
    score.add_option(name, paths, about);
  };
  set("--query", flags.query, "Query features (one model)");
  set("--gallery", flags.gallery, "Gallery features (one model)");
  set("--old-query", flags.old_query, "Old model's query features");
  set("--old-gallery", flags.old_gallery, "Old model's gallery features: what is deployed");
  set("--new-query", flags.new_query, "New model's query features");
  set("--new-gallery", flags.new_gallery, "New model's gallery features (optional)");
  set("--paragon-query", flags.paragon_query, "New model trained without compatibility: queries");
  set("--paragon-gallery", flags.paragon_gallery, "The same: gallery");
  set("--model", flags.models, "NAME=QUERY,GALLERY[,SHARD...], once a model, oldest first");
}

void AddScoring(CLI::App& score, ScoreFlags& flags) {
  score.add_option("--policy", flags.policy, "market | camera | none | cuhk03-single-shot")
      ->capture_default_str();
  score.add_option("--labels", flags.labels,
                   "exact | numeric: whether labels that look like numbers are text or numbers "
                   "(default: text, and refused where `0001` and `1` would be two)");
  score.add_option("--distance", flags.distance, "cosine | euclidean")->capture_default_str();
  score.add_option("--ties", flags.ties, "by-row | optimistic | pessimistic | mean (for study)")
      ->capture_default_str();
  score
      .add_option("--widths", flags.request.options.widths.name,
                  "equal | truncate | pad: how a newer model meets an older one's width")
      ->capture_default_str()
      ->check(CLI::IsMember({"equal", "truncate", "pad"}));
  score.add_option("--adapter", flags.adapter,
                   "NAME[,KEY=VALUE...]: maps rows between old and new model, e.g. procrustes");
  score.add_option("--adapter-side", flags.adapter_side,
                   "query (default): new rows to the old space | gallery: old rows to the new one");
  score.add_option("--fit-old", flags.fit_old, "Old model's features of images to fit it on");
  score.add_option("--fit-new", flags.fit_new, "New model's features of the same images");
  score.add_option("--max-rank", flags.request.options.scoring.max_rank, "Length of the CMC curve")
      ->capture_default_str()
      ->check(CLI::Range(10, 1000000));
  score
      .add_option("--resamples", flags.request.options.resamples, "Half-samples of the identities")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000000));
  score.add_option("--seed", flags.request.options.seed, "Seed of resamples and shuffles")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 53));
  score
      .add_option("--metrics", flags.metrics,
                  "Show these too, e.g. minp; the report holds every metric")
      ->delimiter(',')
      ->allow_extra_args(false);
  score.add_flag("--pairs", flags.request.asked.pairs,
                 "Also the pairwise criterion of compatibility");
  score.add_flag("--backfill", flags.request.asked.backfill,
                 "Also mAP while the gallery is extracted again, image by image");
  score.add_flag("--slices", flags.request.asked.slices, "Also by identity and by pair of cameras");
  score
      .add_option("--worst", flags.worst,
                  "Also name the N queries, identities and camera pairs that an upgrade serves "
                  "worst; per-query files then hold the first images of every list")
      ->check(CLI::Range(1, 100000));
  score.add_flag("--lists", flags.request.asked.lists,
                 "Per-query files also hold the first ten images of every query's list");
  CLI::Option* thresholds = score.add_flag(
      "--thresholds", flags.thresholds,
      "Show what thresholds on the score accept (TAR, FAR, open set), and what an upgrade does to "
      "the deployed one; the report of an upgrade holds that anyway");
  score.add_flag("--no-thresholds", flags.no_thresholds, "Not even in the report of an upgrade")
      ->excludes(thresholds);
  score.add_option("--rerank", flags.rerank,
                   "K1,K2,LAMBDA[,FLAVOUR]: k-reciprocal re-ranking of every cell, e.g. 20,6,0.3; "
                   "FLAVOUR: original | fourth-power | fastreid");
  score.add_option("--search", flags.search,
                   "Also what approximate search costs, e.g. faiss:IVF256,Flat:nprobe=16");
  AddSectionFlags(score, flags.sections);
}

}  // namespace

void AddScoreCommand(CLI::App& app, Action& action, const std::string& command_line) {
  auto flags = std::make_shared<ScoreFlags>();
  CLI::App* score = app.add_subcommand("score", "Score feature sets: one model, or an upgrade");
  AddSets(*score, *flags);
  AddScoring(*score, *flags);
  score
      ->add_option("--json", flags->request.json,
                   "Also write the report to this file, per-query values to queries/ beside it")
      ->check([](const std::string& file) { return file.empty() ? "no file name" : ""; });
  score->add_option("--html", flags->page.html,
                    "Also write the upgrade as one HTML page: verdict, pictures, query strips");
  score->add_option("--svg", flags->page.svg, "Also write its pictures into this folder");
  score->add_option("--images", flags->page.images,
                    "Folder of the images that the sets name, or a data reference, for the page");
  flags->page.store = JoinPath(DefaultCacheFolder(), "store");
  score->add_option("--block-mb", flags->request.options.scoring.block_mb, "Memory for scores, MiB")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 20));
  score
      ->add_option("--threads", flags->request.options.scoring.threads,
                   "Threads (0: all usable cores)")
      ->capture_default_str()
      ->check(CLI::Range(0, 4096));
  score->add_option("--device", flags->device, "auto | cpu | cuda[:i]")->capture_default_str();
  score->add_flag("--quiet", flags->request.quiet, "Nothing on stderr but errors");
  score->footer(kExamples);
  score->callback([flags, &action, command_line] {
    action = [flags, command_line] { return Execute(*flags, command_line); };
  });
}

}  // namespace bcr
