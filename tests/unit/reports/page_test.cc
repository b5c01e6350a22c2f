#include "reports/page/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "reports/page/elements.h"
#include "reports/page/sha256.h"
#include "reports/picture/line_plot.h"
#include "tests/unit/reports/xml.h"

namespace bcr::page {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kHostile = "</title><script>alert('1')</script>\"&";

std::string Between(const std::string& text, const std::string& begin, const std::string& end) {
  const size_t from = text.find(begin) + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

Table Ranking() {
  Table table;
  table.caption = "Ranking";
  table.columns = {{"#", Column::Kind::kRank}, {"method"}, {"cross", Column::Kind::kNumber}};
  table.rows = {{{"1=", 1}, {"bct"}, {"59.0", 0.59}}, {{"2"}, {"l2"}, {"-", 0.5, true}}};
  table.name_column = 1;
  table.sortable = true;
  return table;
}

Page TestPage() {
  Page page{"leaderboard", "A title", ParagraphHtml("Lead."), {}};
  page.sections = {{"First one", TableHtml(Ranking()), {{"Part", "", {}}, {"Part", "", {}}}},
                   {"First one", "", {}},
                   {"\u7b2c\u4e8c", "", {}}};
  return page;
}

TEST(Sha256, AgreesWithTheStandard) {
  // FIPS 180-4 examples, and lengths about the border of a block.
  EXPECT_EQ(Sha256Base64(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  EXPECT_EQ(Sha256Base64("abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  EXPECT_EQ(Sha256Base64("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE=");
  EXPECT_EQ(Sha256Base64(std::string(55, 'a')), "n0OQ+NMMLdkuyfCVtl4rmumwqSWlJY4kHJ8ekQ9zQxg=");
  EXPECT_EQ(Sha256Base64(std::string(56, 'a')), "s1Q5pKxvCUi21vnjxq8PX1kM4g8b3nCQ73lwaG7Gc4o=");
  EXPECT_EQ(Sha256Base64(std::string(64, 'a')), "/+BU/nrgy23GXDr5th1SCfQ5hR20PQulmXM33xVGaOs=");
}

TEST(Table, HeadersHaveAScopeAndNumbersTheirValue) {
  const auto elements = ParseXml(TableHtml(Ranking()));
  EXPECT_EQ(Named(elements, "table").front().attributes.count("data-sortable"), 1U);
  const auto headers = Named(elements, "th");
  ASSERT_THAT(headers, SizeIs(5));
  EXPECT_EQ(headers[0].attributes.at("scope"), "col");
  EXPECT_EQ(headers[2].attributes.at("data-first"), "descending");
  EXPECT_EQ(headers[0].attributes.count("data-first"), 0U);
  EXPECT_EQ(headers[3].attributes.at("scope"), "row");
  EXPECT_EQ(headers[3].text, "bct");
  EXPECT_EQ(Named(elements, "caption").front().text, "Ranking");
}

TEST(Table, AGapHasNoValue) {
  const std::string html = TableHtml(Ranking());
  EXPECT_THAT(html, HasSubstr("<td class=\"num\" data-value=\"0.59\">59.0</td>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"num\" data-gap=\"\">-</td>"));
}

TEST(Figure, HasItsNumbersBeneath) {
  const std::string svg = picture::LinePlotSvg({});
  EXPECT_THAT(FigureHtml({svg, "caption", Ranking()}), HasSubstr("<details>"));
  EXPECT_THAT(FigureHtml({svg, "caption", {}}), Not(HasSubstr("<details>")));
}

TEST(Page, EachSectionHasItsOwnAnchorInTheContents) {
  const std::string html = PageHtml(TestPage());
  for (const char* anchor :
       {"first-one", "first-one-part", "first-one-part-2", "first-one-2", "section"}) {
    EXPECT_THAT(html, HasSubstr(std::string("<a href=\"#") + anchor + "\">"));
    EXPECT_THAT(html, HasSubstr(std::string(" id=\"") + anchor + "\">"));
  }
}

TEST(Page, ThePolicyNamesEveryStyleAndScript) {
  Page page = TestPage();
  page.sections[0].body += FigureHtml({picture::LinePlotSvg({}), "", {}});
  const std::string html = PageHtml(page);
  const std::string policy = Between(html, "Content-Security-Policy\" content=\"", "\"");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  size_t found = 0;
  for (const std::string element : {"style", "script"}) {
    for (size_t at = html.find("<" + element + ">"); at != std::string::npos;
         at = html.find("<" + element + ">", at + 1)) {
      const std::string text = Between(html.substr(at), "<" + element + ">", "</" + element + ">");
      EXPECT_THAT(policy, HasSubstr("'sha256-" + Sha256Base64(text) + "'"));
      ++found;
    }
  }
  EXPECT_EQ(found, 3U);  // of the page, of the picture, the script
}

TEST(Page, NamesNoOtherPlace) {
  std::string html = PageHtml(TestPage());
  for (const char* word : {"http:", "https:", "//www", "src=", "url(", "@import"})
    EXPECT_THAT(html, Not(HasSubstr(word))) << word;
}

TEST(Page, HostileTextStaysText) {
  Page page{"leaderboard", kHostile, ParagraphHtml(kHostile) + SoftHtml(kHostile), {}};
  Table table{kHostile, {{kHostile}}, {{{kHostile}}}};
  page.sections = {{kHostile,
                    ListHtml({kHostile}) + FigureHtml({picture::LinePlotSvg({}), kHostile, table}),
                    {{kHostile, "", {}}}}};
  EXPECT_THAT(PageHtml(page), Not(HasSubstr("alert('1')")));
  EXPECT_THAT(PageHtml(page), Not(HasSubstr(kHostile)));
}

TEST(Page, OnlyAPageOfItsKindIsReplaced) {
  const std::string html = PageHtml(TestPage());
  EXPECT_TRUE(IsPage(html, "leaderboard"));
  EXPECT_FALSE(IsPage(html, "score report"));
  EXPECT_FALSE(IsPage("<!doctype html><p>mine</p>", "leaderboard"));

  const TemporaryFolder folder;
  const std::string path = folder.path() + "/page.html";
  EXPECT_NO_THROW(RequireReplaceablePage(path, "leaderboard"));
  WriteFileAtomic(path, html);
  EXPECT_NO_THROW(RequireReplaceablePage(path, "leaderboard"));
  EXPECT_THROW(RequireReplaceablePage(path, "score report"), Error);
  WriteFileAtomic(path, std::string_view("precious"));
  EXPECT_THROW(RequireReplaceablePage(path, "leaderboard"), Error);
  EXPECT_THROW(RequireReplaceablePage(folder.path(), "leaderboard"), Error);
}

}  // namespace
}  // namespace bcr::page
