#include "reports/page/page.h"

#include <fmt/format.h>

#include <cctype>
#include <map>

#include "harness/core/embedded.h"
#include "harness/core/files.h"
#include "reports/markup.h"
#include "reports/page/sha256.h"
#include "reports/picture/palette.h"
#include "reports/result.h"

namespace bcr::embedded {
const std::vector<EmbeddedFile>& page_style();
const std::vector<EmbeddedFile>& page_script();
}  // namespace bcr::embedded

namespace bcr::page {
namespace {

// What pictures look like in the dark follows the page's button as well as the reader's system.
std::string BuildStyle() {
  const std::string& dark = picture::DarkProperties();
  return fmt::format(
      "{}@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{}}}}}\n"
      "@media screen{{:root[data-theme=dark]{{{}}}}}\n",
      embedded::page_style().front().text, dark, dark);
}

const std::string& Style() {
  static const std::string style = BuildStyle();
  return style;
}

std::string_view Script() { return embedded::page_script().front().text; }

std::string Policy() {
  return fmt::format(
      "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}' 'sha256-{}'; "
      "img-src data:; base-uri 'none'; form-action 'none'",
      Sha256Base64(Script()), Sha256Base64(Style()), Sha256Base64(picture::Style()));
}

std::string KindMark(std::string_view kind) {
  return fmt::format("<meta name=\"generator\" content=\"bcreid {}\">", XmlText(kind));
}

std::string Head(const Page& page) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n{}\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n",
      KindMark(page.kind), Policy(), XmlText(page.title), Style());
}

// Letters and digits of a title, in lower case, with hyphens between words.
std::string Slug(const std::string& title) {
  std::string slug;
  for (const char c : title) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && std::isalnum(byte) != 0) {
      slug += static_cast<char>(std::tolower(byte));
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  while (slug.ends_with('-')) slug.pop_back();
  return slug.empty() ? "section" : slug;
}

// Gives each title an anchor that no other one has.
class Anchors {
 public:
  std::string For(const std::string& title) {
    const std::string slug = Slug(title);
    std::string anchor = slug;
    for (int n = 2; !used_.emplace(anchor, 1).second; ++n) anchor = fmt::format("{}-{}", slug, n);
    return anchor;
  }

 private:
  std::map<std::string, int> used_ = {{"content", 1}, {"contents", 1}};
};

// Adds sections to the body and their links to the table of contents.
void AddSections(const std::vector<Section>& sections, const std::string& within, int level,
                 Anchors& anchors, std::string& contents, std::string& body) {
  if (sections.empty()) return;
  contents += "<ol>\n";
  for (const Section& section : sections) {
    const std::string anchor = anchors.For(within + section.title), title = XmlText(section.title);
    contents += fmt::format("<li><a href=\"#{}\">{}</a>\n", anchor, title);
    body += fmt::format("<section aria-labelledby=\"{0}\">\n<h{1} id=\"{0}\">{2}</h{1}>\n{3}",
                        anchor, level, title, section.body);
    AddSections(section.parts, anchor + " ", level + 1, anchors, contents, body);
    contents += "</li>\n";
    body += "</section>\n";
  }
  contents += "</ol>\n";
}

}  // namespace

std::string PageHtml(const Page& page) {
  Anchors anchors;
  std::string contents, body;
  AddSections(page.sections, "", 2, anchors, contents, body);
  std::string html = Head(page);
  html += "<body>\n<a class=\"skip\" href=\"#content\">Skip to the content</a>\n<main>\n";
  html += fmt::format("<h1>{}</h1>\n{}", XmlText(page.title), page.lead);
  if (!contents.empty()) {
    html += fmt::format(
        "<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">Contents</h2>\n{}</nav>\n",
        contents);
  }
  html += fmt::format("<div id=\"content\" tabindex=\"-1\">\n{}</div>\n</main>\n", body);
  return html + fmt::format("<script>{}</script>\n</body>\n</html>\n", Script());
}

bool IsPage(std::string_view text, std::string_view kind) {
  const std::string begin =
      fmt::format("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n{}\n",
                  KindMark(kind));
  return text.starts_with(begin);
}

void RequireReplaceablePage(const std::string& path, const std::string& kind) {
  RequireReplaceableFile(path, "HTML page of a " + kind,
                         [&](const std::string& target) { return IsPage(ReadFile(target), kind); });
}

}  // namespace bcr::page
