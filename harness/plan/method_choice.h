#pragma once

#include <string>
#include <vector>

#include "harness/train/recipe.h"

namespace bcr {

// The methods that `words` name, each once, in the order of the words and then of `recipes`. A word
// is a method's name, a family's (all methods of it), `all`, or a pattern with `*` and `?` that a
// method's name matches. Throws kUsage, with a suggestion, for a word that names no method.
std::vector<std::string> ChooseMethods(const std::vector<MethodRecipe>& recipes,
                                       const std::vector<std::string>& words);

}  // namespace bcr
