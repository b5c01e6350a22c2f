#include "reports/leaderboard.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "harness/core/data_ref.h"
#include "harness/core/error.h"
#include "reports/conditions.h"
#include "reports/fold.h"
#include "reports/group_means.h"

namespace bcr {
namespace {

using board::Records;

const DataRecord& DataOf(const RunRecord& record, const std::string& role) {
  static const DataRecord none;
  const auto found = record.data.find(role);
  return found == record.data.end() ? none : found->second;
}

// One spelling of a reference whose path may be typed as a/b, ./a/b or a//b.
std::string CanonicalReference(const std::string& reference) {
  try {
    DataRef ref = ParseDataRef(reference);
    if (!ref.path.empty()) ref.path = std::filesystem::path(ref.path).lexically_normal().string();
    return ref.Text();
  } catch (const Error&) {
    return reference;  // of a reader with another grammar
  }
}

// Roles beside target and source, by name.
std::vector<std::string> FurtherRoles(const RunRecord& record) {
  std::vector<std::string> roles;
  for (const auto& [role, data] : record.data) {
    if (role != "target" && role != "source") roles.push_back(role);
  }
  return roles;
}

// What must be equal for records to share a table, revisions and conditions aside.
std::vector<std::string> TableKey(const RunRecord& record) {
  std::vector<std::string> key = {record.setting.name,
                                  record.profile.name,
                                  CanonicalReference(DataOf(record, "target").reference),
                                  DataOf(record, "target").hash,
                                  CanonicalReference(DataOf(record, "source").reference),
                                  DataOf(record, "source").hash};
  for (std::string& part : board::ScoringKey(record.scoring)) key.push_back(std::move(part));
  for (const std::string& role : FurtherRoles(record)) {
    const DataRecord& data = DataOf(record, role);
    key.insert(key.end(), {role, CanonicalReference(data.reference), data.hash});
  }
  return key;
}

struct NamedNumber {
  std::string what;
  int revision;
};

// Revisions that every record of a table shares, the most telling first.
std::vector<NamedNumber> Revisions(const RunRecord& record) {
  std::vector<NamedNumber> revisions = {{"setting", record.setting.revision},
                                        {"profile", record.profile.revision},
                                        {"metrics", record.scoring.revision},
                                        {"target reader", DataOf(record, "target").revision},
                                        {"source reader", DataOf(record, "source").revision}};
  for (const std::string& role : FurtherRoles(record))
    revisions.push_back({role + " reader", DataOf(record, role).revision});
  return revisions;
}

bool OlderThan(const RunRecord& a, const RunRecord& b) {
  const auto left = Revisions(a), right = Revisions(b);
  return std::lexicographical_compare(
      left.begin(), left.end(), right.begin(), right.end(),
      [](const NamedNumber& x, const NamedNumber& y) { return x.revision < y.revision; });
}

// "" where `record` has the revisions of `newest`.
std::string RevisionReason(const RunRecord& record, const RunRecord& newest) {
  const auto have = Revisions(record), want = Revisions(newest);
  for (size_t i = 0; i < have.size(); ++i) {
    if (have[i].revision == want[i].revision) continue;
    return fmt::format("{} revision {}, this table has revision {}", have[i].what, have[i].revision,
                       want[i].revision);
  }
  return "";
}

std::string Joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : "; ") + item;
  return text;
}

std::string StateReason(const RunRecord& record) {
  if (record.status != "ok") return fmt::format("{}: {}", record.status, record.error);
  if (!record.official) return "unofficial: " + Joined(record.unofficial_reasons);
  const UpgradeModels& names = record.upgrade;
  const CellRecord* cross = FindCell(record, names.new_model, names.old_model);
  if (cross != nullptr) return "";
  return fmt::format("no cross cell (query {}, gallery {})", names.new_model, names.old_model);
}

void ListApart(LeaderboardTable& table, const StoredRecord& stored, std::string reason) {
  LeaderboardRow row = board::FoldRow({&stored});
  row.reason = std::move(reason);
  table.apart.push_back(std::move(row));
}

// Legal, but a reader of the figures should know.
std::map<std::string, int64_t> OdditiesOf(const DataRecord& data) {
  std::map<std::string, int64_t> oddities = {
      {"single_image_identities", data.single_image_identities},
      {"queries_without_match", data.queries_without_match},
      {"differences", static_cast<int64_t>(data.differences.size())},
      {"unparsed", data.unparsed},
      {"bad_images", static_cast<int64_t>(data.bad_images.size())}};
  std::erase_if(oddities, [](const auto& entry) { return entry.second == 0; });
  return oddities;
}

void DescribeTable(LeaderboardTable& table, const RunRecord& record) {
  table.setting = record.setting;
  table.profile = record.profile;
  table.group = board::GroupOf(record);
  std::vector<std::string> roles = {"target", "source"};
  for (const std::string& role : FurtherRoles(record)) roles.push_back(role);
  for (const std::string& role : roles) {
    if (record.data.count(role) > 0)
      table.data.push_back({role, DataOf(record, role).reference, DataOf(record, role).hash});
  }
  table.scoring = record.scoring;
  for (const auto& [role, data] : record.data) {
    auto oddities = OdditiesOf(data);
    if (!oddities.empty()) table.oddities[role] = std::move(oddities);
  }
}

std::optional<double> MeanFloor(const std::map<std::string, Records>& by_method) {
  double sum = 0;
  int n = 0;
  for (const auto& [method, records] : by_method) {
    for (const StoredRecord* stored : records) {
      if (!stored->record.random_map) continue;
      sum += *stored->record.random_map;
      ++n;
    }
  }
  return n == 0 ? std::nullopt : std::optional<double>(sum / n);
}

// Splits the records that may be folded by method; the others go apart with their reason.
std::map<std::string, Records> SortOut(LeaderboardTable& table, const Records& records,
                                       const RunRecord& newest) {
  std::map<std::string, int> method_revision;
  for (const StoredRecord* stored : records) {
    int& revision = method_revision[stored->record.method.name];
    revision = std::max(revision, stored->record.method.revision);
  }
  std::map<std::string, Records> by_method;
  std::set<std::pair<std::string, int64_t>> seen;
  const RunRecord* first = nullptr;  // that is not apart
  for (const StoredRecord* stored : records) {
    const RunRecord& record = stored->record;
    const int wanted = method_revision[record.method.name];
    std::string reason = RevisionReason(record, newest);
    if (reason.empty()) reason = StateReason(record);
    if (reason.empty() && first != nullptr) reason = board::OtherProtocol(record, *first);
    if (reason.empty() && first == nullptr) first = &record;
    if (reason.empty() && record.method.revision != wanted) {
      reason = fmt::format("method revision {}, this table has revision {}", record.method.revision,
                           wanted);
    }
    if (reason.empty() && by_method.count(record.method.name) != 0) {
      reason = board::OtherRecipe(record, by_method[record.method.name].front()->record);
    }
    if (reason.empty() && !seen.insert({record.method.name, record.seed}).second) {
      reason = fmt::format("seed {} is there already", record.seed);
    }
    if (reason.empty()) {
      by_method[record.method.name].push_back(stored);
    } else {
      ListApart(table, *stored, std::move(reason));
    }
  }
  return by_method;
}

LeaderboardTable BuildTable(const Records& records) {
  const RunRecord& newest = (*std::max_element(records.begin(), records.end(),
                                               [](const StoredRecord* a, const StoredRecord* b) {
                                                 return OlderThan(a->record, b->record);
                                               }))
                                ->record;
  LeaderboardTable table;
  DescribeTable(table, newest);
  for (const StoredRecord* stored : records) {
    table.conditions.merge(board::ConditionsOf(stored->record));  // a failed one may not know all
  }
  auto by_method = SortOut(table, records, newest);
  table.random_map = MeanFloor(by_method);
  for (auto& [method, folded] : by_method) {
    std::sort(folded.begin(), folded.end(), [](const StoredRecord* a, const StoredRecord* b) {
      return a->record.seed < b->record.seed;
    });
    table.rows.push_back(board::FoldRow(folded));
  }
  board::RankRows(table.rows);
  return table;
}

}  // namespace

Leaderboard BuildLeaderboard(std::vector<StoredRecord> records) {
  std::sort(records.begin(), records.end(),
            [](const StoredRecord& a, const StoredRecord& b) { return a.file < b.file; });
  std::map<std::vector<std::string>, Records> tables;
  for (const StoredRecord& stored : records) tables[TableKey(stored.record)].push_back(&stored);
  Leaderboard leaderboard;
  for (const auto& [key, members] : tables) {
    for (const Records& group : board::GroupByConditions(members)) {
      leaderboard.tables.push_back(BuildTable(group));
    }
  }
  leaderboard.groups = board::GroupMeans(leaderboard.tables);
  return leaderboard;
}

}  // namespace bcr
