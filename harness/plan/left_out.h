#pragma once

#include <string>

namespace bcr {

class DataRoles;
class RecipeBook;
struct MethodRecipe;
struct Protocol;

// Why a method cannot run in a setting, as the end of a sentence; "" where it can.
std::string WhyLeftOut(const RecipeBook& book, const MethodRecipe& method, const Protocol& protocol,
                       DataRoles& data);

// The same where the old model is given: nobody here trained it, and neither its classifier nor its
// weights are at hand.
std::string WhyLeftOutOfGiven(const RecipeBook& book, const MethodRecipe& method,
                              const Protocol& protocol);

}  // namespace bcr
