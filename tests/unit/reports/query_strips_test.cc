#include "reports/query_strips.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/reports/test_report.h"
#include "tests/unit/reports/xml.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kHostile = "</span><script>alert('1')</script>\"&\u7b2c";

// TestRows with a list of two images a query; the last query is not valid.
NamedQueries Search(const std::string& name, const std::vector<double>& ap) {
  NamedQueries search{name, TestRows(ap)};
  for (PerQueryRow& row : search.rows) row.list = {{"g1.jpg", false}, {"g2.jpg", true}};
  return search;
}

std::vector<std::string> Images(const std::vector<QueryStrip>& strips) {
  std::vector<std::string> images;
  for (const QueryStrip& strip : strips) images.push_back(strip.image);
  return images;
}

// Of changes -0.5, +0.25, -0.125, 0, -0.5, and one query that has no match.
std::vector<NamedQueries> Searches() {
  return {Search("old/old", {0.75, 0.25, 0.5, 0.5, 1, 0}),
          Search("new/old", {0.25, 0.5, 0.375, 0.5, 0.5, 0})};
}

std::vector<XmlElement> Elements(const std::vector<QueryStrip>& strips, const PictureOf& picture) {
  return ParseXml("<div>" + StripsHtml(strips, picture) + "</div>");
}

TEST(QueryStrips, TheLargestChangeComesFirstAndTiesInTheOrderOfQueries) {
  EXPECT_THAT(Images(ChangedStrips(Searches(), true, 10)),
              ElementsAre("q0.jpg", "q4.jpg", "q2.jpg"));
  EXPECT_THAT(Images(ChangedStrips(Searches(), false, 10)), ElementsAre("q1.jpg"));
}

TEST(QueryStrips, AtMostSoManyAreTaken) {
  EXPECT_THAT(Images(ChangedStrips(Searches(), true, 2)), ElementsAre("q0.jpg", "q4.jpg"));
  EXPECT_THAT(ChangedStrips(Searches(), true, 0), IsEmpty());
}

TEST(QueryStrips, QueriesThatOneSearchLacksArePassedOver) {
  auto searches = Searches();
  searches[1].rows[0].valid = false;
  searches[0].rows[4].valid = false;
  EXPECT_THAT(Images(ChangedStrips(searches, true, 10)), ElementsAre("q2.jpg"));
  searches = Searches();
  searches[0].rows.erase(searches[0].rows.begin());
  EXPECT_THAT(Images(ChangedStrips(searches, true, 10)), ElementsAre("q4.jpg", "q2.jpg"));
}

TEST(QueryStrips, TwoSearchesAreNeeded) {
  EXPECT_THAT(ChangedStrips({}, true, 10), IsEmpty());
  EXPECT_THAT(ChangedStrips({Searches()[0]}, true, 10), IsEmpty());
}

TEST(QueryStrips, WithoutListsThereIsNothingToShow) {
  auto searches = Searches();
  for (PerQueryRow& row : searches[0].rows) row.list.clear();
  EXPECT_THAT(ChangedStrips(searches, true, 10), SizeIs(3)) << "the other search has lists";
  for (PerQueryRow& row : searches[1].rows) row.list.clear();
  EXPECT_THAT(ChangedStrips(searches, true, 10), IsEmpty());
}

TEST(QueryStrips, FurtherSearchesAreShownWhereTheyHoldTheQuery) {
  auto searches = Searches();
  searches.push_back(Search("new/new", {1, 1, 1, 1, 1, 0}));
  searches[2].rows[4].valid = false;
  const auto strips = ChangedStrips(searches, true, 2);
  ASSERT_THAT(strips[0].lists, SizeIs(3));
  EXPECT_EQ(strips[0].lists[2].name, "new/new");
  EXPECT_EQ(strips[0].lists[1].ap, 0.25);
  EXPECT_THAT(strips[1].lists, SizeIs(2));
}

TEST(StripsHtml, FramesAndTicksMarkTheMatches) {
  const auto elements = Elements(ChangedStrips(Searches(), true, 1), {});
  const auto items = Named(elements, "li");
  ASSERT_THAT(items, SizeIs(4));
  for (size_t i = 0; i < items.size(); ++i)
    EXPECT_EQ(items[i].attributes.at("class"), i % 2 == 1 ? "right" : "wrong") << i;
  std::vector<std::string> marks;
  for (const XmlElement& span : Named(elements, "span")) {
    if (span.attributes.empty()) marks.push_back(span.text);
  }
  EXPECT_THAT(marks, ElementsAre("1 \u2717", "2 \u2713", "1 \u2717", "2 \u2713"));
  EXPECT_THAT(StripsHtml(ChangedStrips(Searches(), true, 1), {}), HasSubstr("AP 75.0 \u2192 25.0"));
}

TEST(StripsHtml, PicturesHaveAnAlternativeAndTheirName) {
  const auto strips = ChangedStrips(Searches(), true, 1);
  const PictureOf picture = [](const std::string& image) {
    return image == "g2.jpg" ? "" : "data:image/png;base64,AA==";
  };
  std::string html = StripsHtml(strips, picture);
  EXPECT_THAT(html, HasSubstr("<img src=\"data:image/png;base64,AA==\" alt=\"the query\" "
                              "title=\"q0.jpg\">"));
  EXPECT_THAT(html, HasSubstr("alt=\"rank 1, no match\" title=\"g1.jpg\">"));
  EXPECT_THAT(html, HasSubstr("title=\"g2.jpg\">g2.jpg</span>")) << "no picture: the name";
}

TEST(StripsHtml, HostileNamesStayText) {
  auto searches = Searches();
  for (NamedQueries& search : searches) {
    search.name = kHostile;
    PerQueryRow& row = search.rows[0];
    row.image = row.identity = row.camera = kHostile;
    for (FoundImage& found : row.list) found.image = kHostile;
  }
  const auto strips = ChangedStrips(searches, true, 1);
  const auto elements = Elements(strips, {});
  EXPECT_THAT(Named(elements, "script"), IsEmpty());
  EXPECT_EQ(Named(elements, "h4").front().text, kHostile);
  for (const XmlElement& span : Named(elements, "span", "no-picture"))
    EXPECT_EQ(span.attributes.at("title"), kHostile);
  const std::string html = StripsHtml(strips, [](const std::string& image) { return image; });
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("</span>\"")));
}

}  // namespace
}  // namespace bcr
