#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>

#include "harness/app/command.h"
#include "harness/app/score_flags.h"
#include "harness/app/section_flags.h"
#include "harness/app/show.h"
#include "harness/app/train_library.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/names.h"
#include "harness/core/printable.h"
#include "harness/core/progress.h"
#include "harness/core/provenance.h"
#include "harness/run/runner.h"
#include "protocols/setting.h"

namespace bcr {

namespace {

struct RunFlags {
  RunRequest request;
  std::string search, rerank;
  SectionFlags sections;
  std::string target = "pedsynth-a", source = "pedsynth-b";
  std::vector<std::string> roles;  // ROLE=REFERENCE
  std::string on_bad_image = "fail";
  bool dry_run = false;
};

constexpr const char* kExamples = R"(
Examples:
  bcreid run                                      the five settings on drawn pedestrians, default rows
  bcreid run --settings in-domain-data --methods independent,l2 --seeds 3
  bcreid run --methods 'reference,distillation,rbcl*'   families and patterns, see `bcreid list methods`
  bcreid run --settings in-domain-data --target market1501:/data/Market-1501 --profile paper --init resnet50=resnet50.pth
  bcreid run --target omniglot:small1.zip,alphabets=Greek+Korean+Latin --source omniglot:small1.zip,alphabets=Balinese
  bcreid run --set profile.epochs=4 --dry-run     the plan, and what is stored already
Results are kept in the store by content: a second run computes only what is missing, an interrupted one goes on.)";

void PrintTimes(const RunOutcome& outcome, bool quiet) {
  std::string line = "time:";
  for (const auto& [kind, seconds] : outcome.time.seconds())
    line += fmt::format(" {} {:.1f} s,", kind, seconds);
  Say(fmt::format("{} in all {:.1f} s; peak memory {:.0f} MiB", line, outcome.seconds,
                  PeakMemoryMiB()),
      quiet);
}

// Blanks and repetitions in lists, and keys that were not typed in full.
void TidyRequest(RunRequest& request) {
  for (const auto& [flag, list] :
       {std::pair("--settings", &request.settings), std::pair("--methods", &request.methods)}) {
    std::vector<std::string> repeated;
    const bool given = !list->empty();
    *list = DistinctNames(*list, repeated);
    for (const std::string& name : repeated) {
      Say(fmt::format("note: {} names {} more than once; it is run once", flag, name),
          request.quiet);
    }
    if (given && list->empty()) {
      throw Error(ErrorCode::kUsage, {flag, "no name", "names with commas between", ""});
    }
  }
}

// --data ROLE=REFERENCE, for the roles that settings name beside target and source.
void BindRoles(const std::vector<std::string>& texts, RunRequest& request) {
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == text.size()) {
      throw Error(ErrorCode::kUsage,
                  {"--data " + text, "no ROLE=REFERENCE",
                   "a data role and a data reference, e.g. second=csv:people.csv", ""});
    }
    request.data[text.substr(0, equals)] = ParseDataRef(text.substr(equals + 1));
  }
}

// A group's name stands for its settings.
void ExpandGroups(RunRequest& request) {
  std::vector<std::string> names, named_twice;
  for (const std::string& word : request.settings) {
    for (const std::string& name : SettingsNamedBy(word)) names.push_back(name);
  }
  request.settings = DistinctNames(names, named_twice);
}

// Data that a setting names for its roles, where the user named none.
void BindDefaults(RunRequest& request) {
  std::map<std::string, DataRef> defaults;
  for (const std::string& name : request.settings) {
    for (const auto& [role, reference] : FindSetting(name).data) {
      if (request.data.count(role) > 0) continue;
      const DataRef ref = ParseDataRef(reference);
      const auto [known, fresh] = defaults.emplace(role, ref);
      if (fresh || known->second.Text() == ref.Text()) continue;
      throw Error(ErrorCode::kUsage,
                  {"data role " + role, ref.Text() + " by default in " + name,
                   known->second.Text() + ", as in another setting of this run",
                   "Say which: --data " + role + "=REFERENCE, or run the settings one by one."});
    }
  }
  request.data.merge(defaults);
}

int Execute(RunFlags& flags) {
  RunRequest& request = flags.request;
  request.data["target"] = ParseDataRef(flags.target);
  request.data["source"] = ParseDataRef(flags.source);
  BindRoles(flags.roles, request);
  request.asked.search = SearchIndex(flags.search);
  AskFor(flags.sections, request.asked);
  request.rerank = RerankOf(flags.rerank);
  request.on_bad_image = flags.on_bad_image == "skip" ? OnBadImage::kSkip : OnBadImage::kFail;
  TidyRequest(request);
  if (request.settings.empty()) {
    for (const Setting& setting : Settings()) {
      if (setting.in_default_run) request.settings.push_back(setting.name);
    }
  }
  ExpandGroups(request);
  BindDefaults(request);
  const TrainLibrary& training = Training();
  if (flags.dry_run) {
    PrintText(training.plan_text(request));
    return kExitOk;
  }
  const RunOutcome outcome = training.run(request);
  if (outcome.record_files.empty()) {
    throw Error(
        ErrorCode::kUsage,
        {"bcreid run", fmt::format("nothing left to run: {}", fmt::join(outcome.left_out, "; ")),
         "a method that its setting can train", "`bcreid list` shows what there is."});
  }
  const std::string leaderboard = JoinPath(request.out_folder, "leaderboard.json");
  PrintLeaderboard(JoinPath(request.out_folder, "records"), leaderboard, "terminal");
  PrintTimes(outcome, request.quiet);
  Say("leaderboard: " + leaderboard, request.quiet);
  return outcome.failures.empty() ? kExitOk : kExitCellFailed;
}

// What is asked: settings, methods, seeds and data.
void AddQuestionFlags(CLI::App* run, RunFlags* flags) {
  RunRequest& r = flags->request;
  run->add_option("--settings", r.settings,
                  "Upgrade settings or groups of them (lifelong), comma-separated (default: all "
                  "five)")
      ->delimiter(',');
  run->add_option("--methods", r.methods,
                  "Methods, families of them, patterns such as 'rbcl-*', or all; comma-separated "
                  "(default: the default rows; see `list methods`)")
      ->delimiter(',');
  run->add_option("--seeds", r.seeds, "How many seeds")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  run->add_option("--first-seed", r.first_seed, "The first of them")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000000));
  run->add_option("--profile", r.profile,
                  "How long and with what is trained: quick, paper, ... (`bcreid list profiles`)")
      ->capture_default_str();
  run->add_option("--target", flags->target,
                  "Data reference of the target: name[:path][,key=value...]")
      ->capture_default_str()
      ->take_last();
  run->add_option("--source", flags->source, "Data reference of the source")
      ->capture_default_str()
      ->take_last();
  run->add_option("--data", flags->roles,
                  "ROLE=REFERENCE for a further data role of a setting (may be given again)");
}

// What the records say beside their cells and verdict, as in score reports.
void AddRecordFlags(CLI::App* run, RunFlags* flags) {
  RunRequest& r = flags->request;
  run->add_flag("--pairs", r.asked.pairs, "Pairwise compatibility criterion, new/old on old/old");
  run->add_flag("--backfill", r.asked.backfill, "mAP while the gallery is extracted again");
  run->add_flag("--thresholds", r.asked.thresholds,
                "What a threshold on the score accepts, and what an upgrade does to it");
  run->add_flag("--lists", r.asked.lists,
                "Per-query files also hold the first ten images of every query's list");
  run->add_flag("--slices", r.asked.slices, "Figures by identity and by pair of cameras");
  run->add_option("--search", flags->search,
                  "What an approximate index costs, e.g. faiss:IVF256,PQ32:nprobe=16");
  run->add_option("--rerank", flags->rerank,
                  "Re-rank every cell by k-reciprocal neighbours: K1,K2,LAMBDA[,FLAVOUR]");
  AddSectionFlags(*run, flags->sections);
}

// With what, from where and to where.
void AddMachineFlags(CLI::App* run, RunFlags* flags) {
  RunRequest& r = flags->request;
  run->add_option("--device", r.device, "auto | cpu | cuda[:i]")->capture_default_str();
  run->add_option("--precision", r.precision,
                  "fp32 | bf16 (forward passes of training and extraction; features stay float32)")
      ->capture_default_str()
      ->check(CLI::IsMember({"fp32", "bf16"}));
  run->add_option("--threads", r.threads, "Threads (0: all usable cores)")
      ->capture_default_str()
      ->check(CLI::Range(0, 4096));
  run->add_option("--init", r.init,
                  "Initial weights: FILE (ImageNet; .safetensors or PyTorch's .pth), BACKBONE=FILE "
                  "(may be given again) or random");
  run->add_option("--old", r.old_model,
                  "The old model of every setting: FOLDER | BACKBONE=FILE | torchscript:FILE | "
                  "features:FOLDER (docs/weights.md)");
  run->add_flag("--trust", r.trust, "Run a TorchScript file, which is code");
  run->add_flag(
      "--init-partial", r.init_partial,
      "Load what fits of such a file; what does not is listed, and the run is unofficial");
  run->add_option("--out", r.out_folder, "Folder for leaderboard.json and records/")
      ->capture_default_str();
  run->add_option("--store", r.store_folder, "Folder for trained models, features and scores")
      ->capture_default_str();
}

// Departures from the default, and how much is done and told.
void AddChangeFlags(CLI::App* run, RunFlags* flags) {
  RunRequest& r = flags->request;
  run->add_option("--set", r.overrides,
                  "Override key=value, e.g. profile.epochs=4 (may be given again)");
  run->add_option("--on-bad-image", flags->on_bad_image,
                  "fail | skip (skipping makes the run unofficial)")
      ->capture_default_str()
      ->check(CLI::IsMember({"fail", "skip"}));
  run->add_option("--compatibility-weight", r.compatibility_weight,
                  "Multiplies every compatibility objective of the methods (for choosing weights)")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1e6));
  run->add_option("--best-on-test", r.best_on_test,
                  "Keep each model's best epoch on its data's test split, of every N-th and the "
                  "last, as many "
                  "public codes do; the run is then unofficial")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
  run->add_option("--score-on", r.score_on,
                  "test | validation (held-out training identities, for choosing weights)")
      ->capture_default_str()
      ->check(CLI::IsMember({"test", "validation"}));
  run->add_flag("--dry-run", flags->dry_run,
                "Print the plan with what is already stored; train nothing");
  run->add_flag("--quiet", r.quiet, "No progress on stderr");
}

}  // namespace

void AddRunCommand(CLI::App& app, Action& action, const std::string& command_line) {
  auto flags = std::make_shared<RunFlags>();
  RunRequest& r = flags->request;
  r.command_line = command_line;
  r.out_folder = "bcreid-results";
  r.store_folder = JoinPath(DefaultCacheFolder(), "store");
  CLI::App* run = app.add_subcommand("run", "Train, score and rank: settings x methods x seeds");
  AddQuestionFlags(run, flags.get());
  AddRecordFlags(run, flags.get());
  AddMachineFlags(run, flags.get());
  AddChangeFlags(run, flags.get());
  run->footer(kExamples);
  run->callback([flags, &action] { action = [flags] { return Execute(*flags); }; });
}

}  // namespace bcr
