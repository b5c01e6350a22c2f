#pragma once

#include <string>
#include <vector>

#include "harness/core/json.h"
#include "protocols/setting.h"

namespace bcr::protocol {

// The models of a setting file: private to this folder.

// Reads the object `models` of a setting: every key of a model is required, unless the model is
// `like` another one, whose keys it then takes. Returns the models in the order of their making: a
// model stands behind those it needs; otherwise models with keys of their own come before those that
// are like others, and names decide. Throws kConfig: unknown models, circles, bad values.
std::vector<ModelNode> ParseModels(const Json& models, const std::string& where);

// The JSON that ParseModels reads back.
Json ModelsJson(const std::vector<ModelNode>& models);

// The names of models, in order.
std::vector<std::string> NamesOf(const std::vector<ModelNode>& models);

// Throws kConfig with a suggestion where no model bears the name.
void RequireModel(const std::vector<ModelNode>& models, const std::string& name,
                  const std::string& where);

}  // namespace bcr::protocol
