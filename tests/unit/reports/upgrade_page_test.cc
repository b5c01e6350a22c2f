#include "reports/upgrade_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "reports/page/page.h"
#include "tests/unit/reports/test_record.h"
#include "tests/unit/reports/test_report.h"
#include "tests/unit/reports/xml.h"

namespace bcr {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kHostile = "../</h2><script>alert('1')</script>\"&";

ThresholdFigures Thresholds(const std::vector<CellRecord>& cells) {
  ThresholdFigures figures;
  for (const CellRecord& cell : cells) {
    ThresholdFigures::Cell of;
    of.query_model = cell.query_model;
    of.gallery_model = cell.gallery_model;
    of.genuine = 3;
    of.impostors = 7;
    of.histogram = {{0, 0.5, 1}, {1, 2}, {6, 1}};
    figures.cells.push_back(of);
  }
  figures.pair_transfers = {{0.001, {0.5, 0.001, 0.2}, {0.5, 0.01, 0.1}, {0.6, 0.001, 0.3}}};
  return figures;
}

BackfillCurves Backfill() {
  BackfillCurves::Curve curve;
  curve.order = "random";
  curve.shuffles = 5;
  curve.points = {{0, 0, 0.5, 0.01, 0.5, 0, 0, {}}, {1, 20, 0.8, 0, 0.9, 0, 0, {}}};
  BackfillCurves curves;
  curves.curves = {curve};
  return curves;
}

// A report whose every section is there.
ScoreReport WholeReport() {
  ScoreReport report = TestReport();
  for (CellRecord& cell : report.cells) cell.cmc = {0.5, 0.75, 1};
  report.sections.thresholds = Thresholds(report.cells);
  report.sections.backfill = Backfill();
  ChangeFigures changes;
  changes.identities = 3;
  changes.identities_worse = 1;
  changes.queries = 5;
  changes.queries_worse = 2;
  changes.worst_identities = {{"0007", 2, 0.5, 0.25}};
  changes.worst_camera_pairs = {{"c1", "c2", 2, 1, 0.5, 0.25}};
  report.sections.changes = changes;
  return report;
}

NamedQueries Search(const std::string& name, const std::vector<double>& ap) {
  NamedQueries search{name, TestRows(ap)};
  for (PerQueryRow& row : search.rows) row.list = {{"g1.jpg", false}, {"g2.jpg", true}};
  return search;
}

// The report must outlive it.
UpgradePageInput InputOf(const ScoreReport& report) {
  UpgradePageInput input;
  input.title = "An upgrade";
  input.lead = {"what it rests on"};
  input.view = ViewOf(report);
  input.searches = {Search("old/old", {0.75, 0.25, 0.5, 0.5, 1, 0}),
                    Search("new/old", {0.25, 0.5, 0.375, 0.5, 0.5, 0})};
  return input;
}

// What lies between the contents and the script, which is XML where there are no pictures; elements
// of a picture or page that HTML does not close stand elsewhere.
std::vector<XmlElement> Body(const std::string& html) {
  const size_t begin = html.find("<main>"), end = html.find("</main>");
  return ParseXml(html.substr(begin, end + 7 - begin));
}

std::vector<std::string> Headings(const std::string& html) {
  std::vector<std::string> texts;
  for (const XmlElement& heading : Named(Body(html), "h2")) texts.push_back(heading.text);
  texts.erase(texts.begin());  // "Contents"
  return texts;
}

std::vector<std::string> Files(const UpgradePageInput& input) {
  std::vector<std::string> names;
  for (const PictureFile& picture : UpgradePictureFiles(input)) {
    EXPECT_NO_THROW(ParseXml(picture.svg)) << picture.file;
    names.push_back(picture.file);
  }
  return names;
}

TEST(UpgradePage, HasEverySectionOfTheResult) {
  const ScoreReport report = WholeReport();
  const std::string html = UpgradeHtml(InputOf(report));
  EXPECT_TRUE(page::IsPage(html, kUpgradePage));
  EXPECT_THAT(Headings(html),
              ElementsAre("Verdict", "What people see", "Search", "Gains", "Who gets worse",
                          "Thresholds", "Extracting the gallery again"));
  for (const char* shown : {"what it rests on", "Compatible: YES", "Identities that lose most",
                            "0007", "Camera pairs that lose most", "Queries that lose most"})
    EXPECT_THAT(html, HasSubstr(shown));
}

TEST(UpgradePage, LeavesOutWhatTheResultLacks) {
  ScoreReport report = TestReport();
  for (CellRecord& cell : report.cells) cell.cmc.clear();
  UpgradePageInput input = InputOf(report);
  input.searches.clear();
  EXPECT_THAT(Headings(UpgradeHtml(input)), ElementsAre("Verdict", "Search", "Gains"));
  EXPECT_THAT(Files(input), ElementsAre("map.svg", "rank-1.svg", "gains.svg"));
}

TEST(UpgradePage, EqualResultsGiveEqualBytes) {
  const ScoreReport report = WholeReport();
  EXPECT_EQ(UpgradeHtml(InputOf(report)), UpgradeHtml(InputOf(report)));
}

TEST(UpgradePage, ACellThatFailedSaysWhy) {
  ScoreReport report = WholeReport();
  CellRecord failed;
  failed.query_model = "old";
  failed.gallery_model = "new";
  failed.status = "failed";
  failed.error = "no memory <left>";
  report.cells.push_back(failed);
  EXPECT_THAT(UpgradeHtml(InputOf(report)), HasSubstr("old/new failed: no memory &lt;left&gt;"));
}

TEST(UpgradePage, StripsBeyondAFewAreFoldedAway) {
  const ScoreReport report = WholeReport();
  UpgradePageInput input = InputOf(report);
  EXPECT_THAT(UpgradeHtml(input), Not(HasSubstr("<summary>1 more</summary>")));
  input.searches = {Search("old/old", {1, 1, 1, 1, 1, 1, 0}),
                    Search("new/old", {0, 0, 0, 0, 0, 1, 0})};
  EXPECT_THAT(UpgradeHtml(input), HasSubstr("<summary>1 more</summary>"));
  EXPECT_THAT(Named(Body(UpgradeHtml(input)), "article"), SizeIs(5));
  input.strips = 4;
  EXPECT_THAT(UpgradeHtml(input), Not(HasSubstr("more</summary>")));
}

TEST(UpgradePage, PicturesOfImagesAreDataAlone) {
  const ScoreReport report = WholeReport();
  UpgradePageInput input = InputOf(report);
  EXPECT_THAT(UpgradeHtml(input), Not(HasSubstr("<img")));
  input.picture = [](const std::string&) { return "data:image/png;base64,AA=="; };
  const std::string html = UpgradeHtml(input);
  EXPECT_THAT(html, HasSubstr("<img src=\"data:image/png;base64,AA==\""));
  EXPECT_THAT(html, Not(HasSubstr("no-picture\" ")));
  EXPECT_THAT(html, HasSubstr("img-src data:;"));
}

TEST(UpgradePage, HostileNamesStayText) {
  ScoreReport report = WholeReport();
  for (CellRecord& cell : report.cells) {
    if (cell.query_model == "new") cell.query_model = kHostile;
    if (cell.gallery_model == "new") cell.gallery_model = kHostile;
  }
  report.sections.thresholds = Thresholds(report.cells);
  report.sections.backfill->curves[0].order = kHostile;
  report.sections.changes->worst_identities[0].identity = kHostile;
  report.sections.changes->worst_camera_pairs[0].query_camera = kHostile;
  report.sections.changes->worst_camera_pairs[0].gallery_camera = kHostile;
  report.compatibility->values[kHostile + ".gain"] = {0.1, {}, {}, 5};
  UpgradePageInput input = InputOf(report);
  input.view.models.new_model = kHostile;
  input.title = kHostile;
  input.lead = {kHostile};
  for (NamedQueries& search : input.searches) {
    search.name = kHostile;
    PerQueryRow& row = search.rows[0];
    row.image = row.identity = row.camera = row.list[0].image = kHostile;
  }
  const std::string html = UpgradeHtml(input);
  EXPECT_THAT(html, Not(HasSubstr("alert('1')</script>")));
  EXPECT_THAT(Named(Body(html), "script"), IsEmpty());
  for (const std::string& name : Files(input)) {
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-."), std::string::npos)
        << name;
  }
}

TEST(UpgradePictures, HaveStableNames) {
  const ScoreReport report = WholeReport();
  EXPECT_THAT(Files(InputOf(report)),
              ElementsAre("map.svg", "rank-1.svg", "cmc.svg", "gains.svg", "scores-old-old.svg",
                          "scores-new-new.svg", "scores-new-old.svg", "backfill.svg"));
}

// a-b/c and a/b-c, and names that differ in what a file name cannot hold.
TEST(UpgradePictures, FilesNeverShareAName) {
  ScoreReport report = WholeReport();
  report.cells.resize(2);
  report.sections.thresholds->cells.clear();
  for (const auto& [query, gallery] :
       {std::pair("a-b", "c"), std::pair("a", "b-c"), {"a/b", "c"}, {"..", "/"}}) {
    ThresholdFigures::Cell cell = Thresholds(report.cells).cells[0];
    cell.query_model = query;
    cell.gallery_model = gallery;
    report.sections.thresholds->cells.push_back(cell);
  }
  const auto names = Files(InputOf(report));
  EXPECT_THAT(names, Contains("scores-a-b-c.svg"));
  EXPECT_THAT(names, Contains("scores-a-b-c.2.svg"));
  EXPECT_THAT(names, Contains("scores-a-b-c.3.svg"));
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  for (const std::string& name : names) EXPECT_EQ(name.find('/'), std::string::npos) << name;
}

// Labels of one place would cover each other.
TEST(UpgradePictures, AThresholdThatKeepsItsRateIsOneLine) {
  ScoreReport report = WholeReport();
  const auto labels = [&] {
    std::vector<std::string> texts;
    for (const PictureFile& picture : UpgradePictureFiles(InputOf(report))) {
      if (picture.file != "scores-new-old.svg") continue;
      for (const XmlElement& text : Named(ParseXml(picture.svg), "text")) {
        if (text.text.find("keeps it") != std::string::npos ||
            text.text.find("set for") != std::string::npos)
          texts.push_back(text.text);
      }
    }
    return texts;
  };
  EXPECT_THAT(labels(), ::testing::UnorderedElementsAre("set for 0.1 %", "keeps it"));
  auto& transfer = report.sections.thresholds->pair_transfers[0];
  transfer.kept.threshold = transfer.before.threshold;
  EXPECT_THAT(labels(), ElementsAre("set for 0.1 %, and keeps it"));
}

TEST(UpgradePictures, BandsAreDrawnWhereTheyAreKnown) {
  const ScoreReport report = WholeReport();
  UpgradePageInput input = InputOf(report);
  const auto curves = [&] {
    for (const PictureFile& picture : UpgradePictureFiles(input)) {
      if (picture.file == "cmc.svg") return Named(ParseXml(picture.svg), "path", "area").size();
    }
    return size_t{99};
  };
  EXPECT_EQ(curves(), 0U);
  input.bands = {{{0.4, 0.6, 0.9}, {0.6, 0.8, 1}}, {}};
  EXPECT_EQ(curves(), 1U);
}

TEST(UpgradePage, OfARunShowsTheCourseOfTraining) {
  RunRecord record = TestRecord("bct", 1);
  Json epochs = Json::array();
  for (int epoch = 1; epoch <= 3; ++epoch)
    epochs.push_back({{"epoch", epoch}, {"figures", {{"loss", 1.0 / epoch}}}});
  record.models[1].notes = Free({{"epochs", epochs}});
  record.models[1].key = kHostile;
  UpgradePageInput input;
  input.title = "A run";
  input.view = ViewOf(record);
  input.models = record.models;
  EXPECT_THAT(Headings(UpgradeHtml(input)), Contains("Training"));
  EXPECT_THAT(Files(input), Contains(::testing::StartsWith("training--.")));
}

}  // namespace
}  // namespace bcr
