#pragma once

#include <string>
#include <vector>

#include "harness/plan/data_roles.h"
#include "harness/plan/request.h"
#include "protocols/overrides.h"

namespace bcr {

// Why a row is not ranked, as far as setting, profile, request and data tell; what is found out while its
// models are planned comes behind. Empty: it is official. Counts that differ from published ones are no
// reason: the record has them and the data's hash, and rows of other data are never in one table.
std::vector<std::string> UnofficialReasons(const Protocol& protocol, const RunRequest& request,
                                           DataRoles& data);

// What users should know of their data, a sentence each: counts that differ from those published
// under the reader's name, and files left out of data whose counts nobody published.
std::vector<std::string> DataWarnings(const Setting& setting, DataRoles& data);

}  // namespace bcr
