#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bcr::page {

// One HTML page that needs nothing but itself: styles, script and pictures are inside, and its
// policy (CSP) forbids every request and every other script. Without a script it can be read whole.

struct Section {
  std::string title;           // escaped here
  std::string body;            // HTML, as the functions of elements.h return it
  std::vector<Section> parts;  // sections of their own within this one, one level deep
};

struct Page {
  std::string kind;  // "leaderboard", "score report": says whose page a file is
  std::string title;
  std::string lead;  // HTML above the table of contents
  std::vector<Section> sections;
};

// The whole file. Equal pages have equal bytes. Anchors are made of the titles, those of
// parts with the section's before them; titles that come again get -2, -3, ...
std::string PageHtml(const Page& page);

// Whether a file of this text is a page that PageHtml made for this kind.
bool IsPage(std::string_view text, std::string_view kind);

// Throws kUsage where `path` exists and holds anything but such a page, as RequireReplaceable does.
void RequireReplaceablePage(const std::string& path, const std::string& kind);

}  // namespace bcr::page
