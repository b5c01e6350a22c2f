#pragma once

#include <string>
#include <vector>

#include "harness/plan/data_roles.h"
#include "harness/plan/request.h"
#include "protocols/overrides.h"

namespace bcr {

// Why a row is not ranked, as far as setting, profile, request and data tell; what is found out while its
// models are planned comes behind. Empty: it is official.
std::vector<std::string> UnofficialReasons(const Protocol& protocol, const RunRequest& request,
                                           DataRoles& data);

}  // namespace bcr
