#pragma once

#include "harness/core/files.h"
#include "harness/plan/plan.h"
#include "harness/store/artifact_store.h"

namespace bcr::testing {

// A request on listed data sets that have no pixels ("listed,domain=a" and b: 20 identities of 6
// images), whose methods' plug-ins only check their
// parameters. Unless changed: all settings, the default methods. The plan borrows `data` and
// `plug_ins`.
struct Planned {
  Planned();
  Plan Make();
  // The data of the latest plan.
  DataRoles& data() { return *data_; }

  TemporaryFolder folder;
  RunRequest request;
  PlugIns plug_ins;

 private:
  std::unique_ptr<ArtifactStore> store_;
  std::unique_ptr<DataRoles> data_;
};

// The run of a plan. Throws where there is none.
const PlannedRun& Find(const Plan& plan, const std::string& setting, const std::string& method,
                       int seed = 1);

}  // namespace bcr::testing
