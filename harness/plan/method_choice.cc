#include "harness/plan/method_choice.h"

#include <fnmatch.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/core/suggest.h"

namespace bcr {

namespace {

constexpr const char* kAll = "all";

bool IsPattern(const std::string& word) { return word.find_first_of("*?[") != std::string::npos; }

// A method's own name comes before a family's: a word never stands for both.
std::vector<std::string> NamedBy(const std::string& word,
                                 const std::vector<MethodRecipe>& recipes) {
  const auto with = [&](auto matches) {
    std::vector<std::string> names;
    for (const MethodRecipe& recipe : recipes) {
      if (matches(recipe)) names.push_back(recipe.name);
    }
    return names;
  };
  auto names = with([&](const MethodRecipe& recipe) { return recipe.name == word; });
  if (!names.empty()) return names;
  if (word == kAll) return with([](const MethodRecipe&) { return true; });
  if (IsPattern(word)) {
    return with([&](const MethodRecipe& recipe) {
      return fnmatch(word.c_str(), recipe.name.c_str(), 0) == 0;
    });
  }
  return with([&](const MethodRecipe& recipe) { return recipe.family == word; });
}

[[noreturn]] void RefuseWord(const std::string& word, const std::vector<MethodRecipe>& recipes) {
  if (IsPattern(word)) {
    throw Error(ErrorCode::kUsage, {"--methods", "`" + word + "` matches no method", "",
                                    "`bcreid list methods` shows their names."});
  }
  std::vector<std::string> known;
  for (const MethodRecipe& recipe : recipes) known.push_back(recipe.name);
  for (const MethodRecipe& recipe : recipes) {
    if (std::find(known.begin(), known.end(), recipe.family) == known.end())
      known.push_back(recipe.family);
  }
  known.push_back(kAll);
  throw Error(ErrorCode::kUsage,
              {"--methods", "unknown method `" + word + "`", "", SuggestionFor(word, known)});
}

}  // namespace

std::vector<std::string> ChooseMethods(const std::vector<MethodRecipe>& recipes,
                                       const std::vector<std::string>& words) {
  std::vector<std::string> chosen;
  for (const std::string& word : words) {
    const std::vector<std::string> names = NamedBy(word, recipes);
    if (names.empty()) RefuseWord(word, recipes);
    for (const std::string& name : names) {
      if (std::find(chosen.begin(), chosen.end(), name) == chosen.end()) chosen.push_back(name);
    }
  }
  return chosen;
}

}  // namespace bcr
