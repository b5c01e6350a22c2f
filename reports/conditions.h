#pragma once

#include <map>
#include <string>
#include <vector>

#include "reports/record_io.h"

namespace bcr::board {

// What a run was made with beyond its setting, profile, data and scoring: records that differ in it
// are other experiments and never share a table. Private to this folder.

// By name: `device` (type only: cpu, cuda), `precision`, `init_old` and `init_paragon` (how those
// models' weights began), `overrides`, `score_on`, `compatibility_weight`. Absent where the record
// does not say; the last three are always there.
using Conditions = std::map<std::string, std::string>;

Conditions ConditionsOf(const RunRecord& record);

// Everything of a record's scoring that must be equal in a table, its revision aside.
std::vector<std::string> ScoringKey(const ScoringRecord& scoring);

// Without what is as it is by default, for JSON: overrides, score_on and weight where they were
// given.
Conditions Told(const Conditions& conditions);

// "run with: bf16, cuda, overrides setting.widths=pad"; "" where everything is as a plain run on a
// machine without a GPU has it.
std::string ConditionsText(const Conditions& conditions);

using Records = std::vector<const StoredRecord*>;

// Groups of equal conditions, in a fixed order, each in the order of `records`. A record that is
// not ok and therefore lacks models goes to the first group that it does not contradict.
std::vector<Records> GroupByConditions(const Records& records);

// Why `record` cannot be a seed of the row that `first` belongs to: another recipe or other initial
// weights of the new model under the same names and revisions; "" where it can.
std::string OtherRecipe(const RunRecord& record, const RunRecord& first);

// Why `record` does not belong to the table of `first`: another content of setting or profile under
// the same revision; "" where it does.
std::string OtherProtocol(const RunRecord& record, const RunRecord& first);

}  // namespace bcr::board
