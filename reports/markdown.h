#pragma once

#include <string>

namespace bcr {

struct Leaderboard;

// The leaderboard as Markdown, for READMEs: a heading and a table per group, the reasons as a list,
// the legend at the end. Text from records is escaped, so that no name or message can break the
// table or add markup.
std::string MarkdownTable(const Leaderboard& leaderboard);

}  // namespace bcr
