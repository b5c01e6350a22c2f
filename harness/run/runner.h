#pragma once

#include <string>
#include <vector>

#include "harness/core/time_split.h"
#include "harness/plan/plan.h"
#include "harness/plan/request.h"

namespace bcr {

// What a whole invocation came to.
struct RunOutcome {
  std::vector<std::string> record_files;
  std::vector<std::string> failures;  // one sentence per failed row or cell
  std::vector<std::string> left_out;
  TimeSplit time;
  double seconds = 0;
};

// Plans, makes, scores and writes one record per setting x method x seed under
// request.out_folder/records. A failed cell or row does not stop the others. Throws for errors that
// concern the whole request, and kInterrupted.
RunOutcome RunAll(const RunRequest& request, const PlugIns& plug_ins);

// The plan as text, one line a step, with what is stored already. Decodes and trains nothing.
std::string DescribePlan(const RunRequest& request, const PlugIns& plug_ins);

}  // namespace bcr
