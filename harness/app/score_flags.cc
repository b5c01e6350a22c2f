#include "harness/app/score_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <locale>
#include <sstream>

#include "harness/core/error.h"
#include "reports/change_text.h"
#ifdef BCR_WITH_TORCH
#include "harness/app/train_library.h"
#endif

namespace bcr {
namespace {

using Paths = std::vector<std::string>;

[[noreturn]] void Refuse(const std::string& where, const std::string& found,
                         const std::string& expected, const std::string& hint = "") {
  throw Error(ErrorCode::kUsage, {where, found, expected, hint});
}

void NeedBoth(const Paths& query, const Paths& gallery, const std::string& prefix) {
  if (query.empty() == gallery.empty()) return;
  const std::string given = prefix + (query.empty() ? "gallery" : "query");
  const std::string lacking = prefix + (query.empty() ? "query" : "gallery");
  Refuse("bcreid score", given + " without " + lacking, "both");
}

std::vector<std::string> SplitAt(const std::string& text, char separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  while (true) {
    const size_t end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string::npos) return parts;
    begin = end + 1;
  }
}

ModelPaths ParseModel(const std::string& text) {
  const std::string flag = "--model " + text;
  const size_t equals = text.find('=');
  const std::string key = text.substr(0, std::min(equals, text.size()));
  const std::string allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  if (equals == std::string::npos || key.empty() ||
      key.find_first_not_of(allowed) != std::string::npos) {
    Refuse(flag, fmt::format("the name `{}`", key),
           "NAME=QUERY,GALLERY, the name of letters, digits, '-', '_' and '.'");
  }
  const Paths paths = SplitAt(text.substr(equals + 1), ',');
  if (paths.size() < 2 || std::find(paths.begin(), paths.end(), "") != paths.end()) {
    Refuse(flag, fmt::format("`{}`", text.substr(equals + 1)), "QUERY,GALLERY[,SHARD...]");
  }
  return {key,
          fmt::format("--model {} (query)", key),
          fmt::format("--model {} (gallery)", key),
          {paths.front()},
          Paths(paths.begin() + 1, paths.end())};
}

void AddChain(const ScoreFlags& flags, ScoreRequest& request) {
  request.chain = true;
  for (const std::string& text : flags.models) {
    request.models.push_back(ParseModel(text));
    const std::string& key = request.models.back().key;
    const auto same = std::count_if(request.models.begin(), request.models.end(),
                                    [&](const ModelPaths& model) { return model.key == key; });
    if (same > 1) Refuse("--model " + text, fmt::format("`{}` twice", key), "each name once");
  }
}

void AddUpgrade(const ScoreFlags& flags, ScoreRequest& request) {
  NeedBoth(flags.old_query, flags.old_gallery, "--old-");
  NeedBoth(flags.paragon_query, flags.paragon_gallery, "--paragon-");
  if (flags.old_query.empty() || flags.new_query.empty()) {
    Refuse("bcreid score",
           flags.old_query.empty() ? "a new or paragon model without an old one"
                                   : "an old model without a new one",
           "--old-query, --old-gallery and --new-query",
           "One model alone is --query and --gallery.");
  }
  request.models.push_back(
      {"old", "--old-query", "--old-gallery", flags.old_query, flags.old_gallery});
  request.models.push_back(
      {"new", "--new-query", "--new-gallery", flags.new_query, flags.new_gallery});
  if (flags.paragon_query.empty()) return;
  request.models.push_back({"paragon", "--paragon-query", "--paragon-gallery", flags.paragon_query,
                            flags.paragon_gallery});
}

void AddModels(const ScoreFlags& flags, ScoreRequest& request) {
  const bool one = !flags.query.empty() || !flags.gallery.empty();
  const bool upgrade = !flags.old_query.empty() || !flags.old_gallery.empty() ||
                       !flags.new_query.empty() || !flags.new_gallery.empty() ||
                       !flags.paragon_query.empty() || !flags.paragon_gallery.empty();
  const bool chain = !flags.models.empty();
  if (one + upgrade + chain > 1) {
    Refuse("bcreid score", "several ways of naming the models",
           "one of --query/--gallery, --old-.../--new-..., --model");
  }
  if (chain) return AddChain(flags, request);
  if (upgrade) return AddUpgrade(flags, request);
  NeedBoth(flags.query, flags.gallery, "--");
  if (!one) {
    Refuse("bcreid score", "no feature sets",
           "--query and --gallery, or --old-query, --old-gallery and --new-query",
           "See bcreid score --help for the forms they may have.");
  }
  request.models.push_back({"model", "--query", "--gallery", flags.query, flags.gallery});
}

void AddAdapter(const ScoreFlags& flags, ScoreRequest& request) {
  if (flags.adapter.empty()) {
    if (flags.fit_old.empty() && flags.fit_new.empty() && flags.adapter_side.empty()) return;
    Refuse("bcreid score", "--fit-old, --fit-new or --adapter-side without --adapter",
           "--adapter NAME", "bcreid list adapters shows the names.");
  }
  if (request.chain || request.models.size() < 2) {
    Refuse("--adapter " + flags.adapter, request.chain ? "a chain" : "one model",
           "an upgrade: --old-query, --old-gallery and --new-query");
  }
  if (request.options.widths.name != "equal") {
    Refuse("--adapter " + flags.adapter, "--widths " + request.options.widths.name, "one of both",
           "The adapter brings the rows to the other model's width.");
  }
  SetFitRequest& asked = request.adapter.emplace();
  asked.choice = ParseAdapter(adapter_table(), flags.adapter);
  if (!flags.adapter_side.empty()) asked.side = ParseAdapterSide(flags.adapter_side);
  asked.old_set = flags.fit_old;
  asked.new_set = flags.fit_new;
  asked.threads = request.options.scoring.threads;
}

// auto is the CPU: its scores have the same bits on every machine of one kind.
void SetDevice(const std::string& wanted, [[maybe_unused]] ScoreRequest& request) {
  if (wanted == "auto" || wanted == "cpu") return;
#ifdef BCR_WITH_TORCH
  // Told here, so that a misspelt device loads nothing.
  if (!wanted.starts_with("cuda")) {
    Refuse("--device", "`" + wanted + "`", "auto, cpu, cuda or cuda:<index>",
           "Leave it out for auto.");
  }
  request.device = Training().resolve_device(wanted);
  if (request.device != "cpu") request.options.source = Training().block_source(request.device);
#else
  Refuse("--device " + wanted, "a light build, without LibTorch", "auto or cpu",
         "Build with BCR_WITH_TORCH=ON for CUDA.");
#endif
}

}  // namespace

std::string SearchIndex(const std::string& search) {
  if (search.empty()) return "";
  const std::string prefix = "faiss:";
  if (search.starts_with(prefix) && search.size() > prefix.size())
    return search.substr(prefix.size());
  Refuse("--search " + search, "no engine known", "faiss:INDEX, e.g. faiss:IVF256,Flat");
}

// K1,K2,LAMBDA[,FLAVOUR]
std::optional<RerankOptions> RerankOf(const std::string& text) {
  if (text.empty()) return std::nullopt;
  std::istringstream words(text);
  words.imbue(std::locale::classic());
  RerankOptions options;
  char first = 0, second = 0, third = 0;
  words >> options.k1 >> first >> options.k2 >> second >> options.lambda;
  const bool numbers = !words.fail() && first == ',' && second == ',';
  std::string flavour;
  if (numbers && words >> third) words >> flavour;
  if (!numbers || (third != 0 && (third != ',' || flavour.empty()))) {
    Refuse("--rerank " + text, "not of that form", "K1,K2,LAMBDA[,FLAVOUR], e.g. 20,6,0.3",
           "The flavours are original, fourth-power and fastreid.");
  }
  if (!flavour.empty()) options.flavour = ParseRerankFlavour(flavour);
  CheckRerankOptions(options);
  return options;
}

ScoreRequest RequestOf(const ScoreFlags& flags) {
  ScoreRequest request = flags.request;
  AddModels(flags, request);
  request.options.scoring.policy = ParsePolicy(flags.policy);
  request.options.scoring.distance = ParseDistance(flags.distance);
  request.options.scoring.ties = ParseTies(flags.ties);
  request.labels = ParseLabelReading(flags.labels);
  AddAdapter(flags, request);
  request.asked.search = SearchIndex(flags.search);
  AskFor(flags.sections, request.asked);
  SetDevice(flags.device, request);
  request.options.rerank = RerankOf(flags.rerank);
  const bool upgrade = !request.chain && request.models.size() > 1;
  const bool usual = upgrade && !request.options.rerank && !flags.no_thresholds;
  request.asked.thresholds = flags.thresholds || usual;
  if ((flags.worst || flags.page.Any()) && !upgrade) {
    Refuse(flags.worst ? "--worst" : "--html", request.chain ? "a chain" : "one model",
           "an upgrade: --old-query, --old-gallery and --new-query");
  }
  if (upgrade) request.asked.changes = flags.worst.value_or(kIdentitiesShown);
  request.asked.changes_by_camera = flags.worst.has_value();
  request.asked.lists = request.asked.lists || flags.worst || !flags.page.html.empty();
  CheckAsked(request.asked, request.options);
  return request;
}

}  // namespace bcr
