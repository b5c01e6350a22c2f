#include "datasets/omniglot_layout.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

#include "datasets/listing.h"
#include "harness/core/error.h"
#include "harness/core/suggest.h"

namespace bcr {
namespace {

constexpr std::string_view kLastQueryDrawer = "04";

bool AllDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Identities go into JSON and CSV files, so an alphabet's name has to be plain text.
bool IsPlainName(std::string_view text) {
  return !text.empty() && text[0] != '.' &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// Takes the last component off `path`.
std::string_view PopComponent(std::string_view& path) {
  const size_t slash = path.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? path : path.substr(slash + 1);
  path = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
  return last;
}

void CheckAlphabets(const std::set<std::string>& asked, const std::vector<std::string>& known,
                    const std::string& where) {
  for (const std::string& alphabet : asked) {
    if (std::find(known.begin(), known.end(), alphabet) != known.end()) continue;
    const std::string nearest = Nearest(alphabet, known);
    throw Error(
        ErrorCode::kUsage,
        {where + ": alphabets", fmt::format("`{}`", alphabet),
         fmt::format("one or more of {}, joined by +", fmt::join(known, ", ")),
         nearest.empty() ? "Choose from the list" : fmt::format("Did you mean `{}`?", nearest)});
  }
}

// The characters of each alphabet, sorted.
using Characters = std::map<std::string, std::set<std::string>>;

bool IsTraining(const Characters& characters, const OmniglotName& name) {
  const std::set<std::string>& of_alphabet = characters.at(name.alphabet);
  const auto position = std::distance(of_alphabet.begin(), of_alphabet.find(name.character));
  return static_cast<size_t>(position) < of_alphabet.size() / 2;
}

void CheckNoDoubles(const std::vector<OmniglotDrawing>& drawings, const std::string& where) {
  std::map<std::string, const OmniglotDrawing*> seen;
  for (const OmniglotDrawing& drawing : drawings) {
    const OmniglotName& name = drawing.name;
    const std::string key = name.alphabet + "/" + name.character + "/" + name.file;
    const auto [first, added] = seen.try_emplace(key, &drawing);
    if (added) continue;
    throw Error(
        ErrorCode::kData,
        {where, fmt::format("`{}` and `{}`", first->second->source, drawing.source),
         fmt::format("one image named {}", key), "Give one of the archives or folders alone"});
  }
}

}  // namespace

std::optional<OmniglotName> ParseOmniglotPath(std::string_view path) {
  // An archive's member that points out of the archive is nobody's drawing.
  if (path.starts_with('/') || path.starts_with("../") || path.find("/../") != path.npos)
    return std::nullopt;
  const std::string_view file = PopComponent(path);
  const std::string_view character = PopComponent(path);
  const std::string_view alphabet = PopComponent(path);
  constexpr std::string_view kPrefix = "character";
  if (!IsPlainName(alphabet) || !character.starts_with(kPrefix) ||
      !AllDigits(character.substr(kPrefix.size()))) {
    return std::nullopt;
  }
  const size_t underscore = file.find('_');
  if (underscore == std::string_view::npos || !AllDigits(file.substr(0, underscore)))
    return std::nullopt;
  const std::string_view drawer = file.substr(underscore + 1, 2);
  if (drawer.size() != 2 || !AllDigits(drawer) || drawer < "01" || drawer > "20")
    return std::nullopt;
  if (file.substr(underscore + 3) != ".png") return std::nullopt;
  return OmniglotName{std::string(alphabet), std::string(character), std::string(drawer),
                      std::string(file)};
}

Listing ShareOutDrawings(std::vector<OmniglotDrawing> drawings,
                         const std::set<std::string>& alphabets, const std::string& where) {
  Characters characters;
  for (const OmniglotDrawing& drawing : drawings)
    characters[drawing.name.alphabet].insert(drawing.name.character);
  std::vector<std::string> known;
  for (const auto& [alphabet, ignored] : characters) known.push_back(alphabet);
  if (!known.empty()) CheckAlphabets(alphabets, known, where);
  std::erase_if(drawings, [&alphabets](const OmniglotDrawing& drawing) {
    return !alphabets.empty() && !alphabets.contains(drawing.name.alphabet);
  });
  CheckNoDoubles(drawings, where);

  Listing listing;
  for (OmniglotDrawing& drawing : drawings) {
    const OmniglotName& name = drawing.name;
    const Split split = IsTraining(characters, name)      ? Split::kTrain
                        : name.drawer <= kLastQueryDrawer ? Split::kQuery
                                                          : Split::kGallery;
    const std::string identity = name.alphabet + "/" + name.character;
    listing.of(split).push_back({{identity + "/" + name.file, identity, name.drawer},
                                 std::move(drawing.source),
                                 drawing.bytes});
  }
  for (Split split : {Split::kTrain, Split::kQuery, Split::kGallery}) {
    if (!listing.of(split).empty()) continue;
    throw Error(ErrorCode::kData,
                {where, fmt::format("no {} image", SplitName(split)),
                 "paths like Greek/character01/0394_01.png: two or more characters per alphabet, "
                 "drawers 01 to 20",
                 "Check that this is an Omniglot archive, or the folder it was unpacked into"});
  }
  return listing;
}

}  // namespace bcr
