#include "reports/query_strips.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "reports/markup.h"
#include "reports/number_text.h"
#include "reports/text_table.h"

namespace bcr {
namespace {

constexpr size_t kNameWidth = 40;

struct Change {
  const PerQueryRow* row = nullptr;
  double change = 0;
};

// The queries that change in the wanted direction, the largest change first.
std::vector<Change> Changes(const NamedQueries& before, const NamedQueries& after, bool worst) {
  std::map<std::string, const PerQueryRow*> earlier;
  for (const PerQueryRow& row : before.rows) {
    if (row.valid) earlier[row.image] = &row;
  }
  std::vector<Change> changes;
  for (const PerQueryRow& row : after.rows) {
    const auto found = earlier.find(row.image);
    if (!row.valid || found == earlier.end()) continue;
    if (row.list.empty() && found->second->list.empty()) continue;
    const double change = row.ap_hits - found->second->ap_hits;
    if (worst ? change < 0 : change > 0) changes.push_back({&row, change});
  }
  std::stable_sort(changes.begin(), changes.end(), [worst](const Change& a, const Change& b) {
    return worst ? a.change < b.change : a.change > b.change;
  });
  return changes;
}

const PerQueryRow* RowOf(const NamedQueries& search, const std::string& image) {
  const auto found = std::find_if(search.rows.begin(), search.rows.end(),
                                  [&](const PerQueryRow& row) { return row.image == image; });
  return found == search.rows.end() || !found->valid ? nullptr : &*found;
}

std::string PictureHtml(const std::string& image, const std::string& about,
                        const PictureOf& picture) {
  const std::string address = picture ? picture(image) : "";
  if (address.empty()) {
    return fmt::format("<span class=\"no-picture\" title=\"{}\">{}</span>", XmlText(image),
                       XmlText(Shortened(image, kNameWidth)));
  }
  return fmt::format("<img src=\"{}\" alt=\"{}\" title=\"{}\">", XmlText(address), XmlText(about),
                     XmlText(image));
}

std::string ListHtml(const QueryStrip::List& list, const PictureOf& picture) {
  std::string html = fmt::format("<p class=\"strip-name\">{}: AP {}</p>\n<ol class=\"strip\">\n",
                                 XmlText(list.name), Percent(list.ap));
  for (size_t i = 0; i < list.images.size(); ++i) {
    const auto& [image, match] = list.images[i];
    const std::string about = fmt::format("rank {}, {}", i + 1, match ? "a match" : "no match");
    html += fmt::format("<li class=\"{}\">{}<span>{} {}</span></li>\n", match ? "right" : "wrong",
                        PictureHtml(image, about, picture), i + 1, match ? "\u2713" : "\u2717");
  }
  return html + "</ol>\n";
}

std::string StripHtml(const QueryStrip& strip, const PictureOf& picture) {
  std::string html = "<article class=\"query\">\n";
  html += fmt::format("<div class=\"query-image\">{}</div>\n<div>\n",
                      PictureHtml(strip.image, "the query", picture));
  html +=
      fmt::format("<h4>{}</h4>\n<p class=\"soft\">identity {}, camera {}; AP {} \u2192 {}</p>\n",
                  XmlText(strip.image), XmlText(strip.identity), XmlText(strip.camera),
                  Percent(strip.lists[0].ap), Percent(strip.lists[1].ap));
  for (const QueryStrip::List& list : strip.lists) {
    if (!list.images.empty()) html += ListHtml(list, picture);
  }
  return html + "</div>\n</article>\n";
}

}  // namespace

std::vector<QueryStrip> ChangedStrips(const std::vector<NamedQueries>& searches, bool worst,
                                      size_t count) {
  std::vector<QueryStrip> strips;
  if (searches.size() < 2) return strips;
  for (const Change& change : Changes(searches[0], searches[1], worst)) {
    if (strips.size() == count) break;
    const PerQueryRow& query = *change.row;
    QueryStrip strip{query.image, query.identity, query.camera, {}};
    for (const NamedQueries& search : searches) {
      const PerQueryRow* row = RowOf(search, query.image);
      if (row != nullptr) strip.lists.push_back({search.name, row->list, row->ap_hits});
    }
    strips.push_back(std::move(strip));
  }
  return strips;
}

std::string StripsHtml(const std::vector<QueryStrip>& strips, const PictureOf& picture) {
  std::string html;
  for (const QueryStrip& strip : strips) html += StripHtml(strip, picture);
  return html;
}

}  // namespace bcr
