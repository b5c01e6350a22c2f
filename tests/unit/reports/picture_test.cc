#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "reports/picture/axis.h"
#include "reports/picture/heat_map.h"
#include "reports/picture/histogram_pair.h"
#include "reports/picture/interval_chart.h"
#include "reports/picture/label_places.h"
#include "reports/picture/line_plot.h"
#include "reports/picture/palette.h"
#include "reports/picture/scatter.h"
#include "tests/unit/reports/xml.h"

namespace bcr::picture {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kHostile = "</text><script>alert(\"1\")</script>&amp;'\x01\xFF";
// As it comes out of the escaping: the control character and the byte that is no UTF-8 are replaced.
const std::string kHostileShown = "</text><script>alert(\"1\")</script>&amp;' \xEF\xBF\xBD";
const double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> Texts(const std::vector<XmlElement>& elements) {
  std::vector<std::string> texts;
  for (const XmlElement& element : Named(elements, "text")) texts.push_back(element.text);
  return texts;
}

std::vector<std::string> Labels(const std::vector<Tick>& ticks) {
  std::vector<std::string> labels;
  for (const Tick& tick : ticks) labels.push_back(tick.label);
  return labels;
}

std::vector<std::string> LabelsFor(const Axis& axis, const std::vector<double>& values) {
  return Labels(TicksOf(axis, FitScale(axis, values, 0, 100)));
}

LinePlot TwoLines() {
  LinePlot plot;
  plot.texts = {"Rank curves", "Two methods."};
  plot.x = {"rank"};
  plot.y = {"share of queries", Format::kPercent, false, 0, std::nullopt};
  plot.series = {{"bct", {{1, 0.5, 0.4, 0.6}, {2, 0.7, 0.6, 0.8}, {3, 0.8, 0.7, 0.9}}},
                 {"l2", {{1, 0.4}, {2, 0.5}, {3, 0.6}}, true, true}};
  plot.verticals = {{1.5, "kept"}, {1.6, "wanted"}};
  return plot;
}

TEST(Axis, TicksAreRound) {
  EXPECT_THAT(LabelsFor({"", Format::kPercent}, {0.03, 0.47}),
              ElementsAre("0%", "10%", "20%", "30%", "40%", "50%"));
  EXPECT_THAT(LabelsFor({"", Format::kPoints}, {-0.021, 0.038}),
              ElementsAre("-4", "-2", "0", "+2", "+4"));
  EXPECT_THAT(LabelsFor({""}, {0.1, 0.3}), ElementsAre("0.10", "0.15", "0.20", "0.25", "0.30"));
}

TEST(Axis, AnAxisReachesWhereItIsTold) {
  const Axis axis = {"", Format::kPercent, false, 0, 1};
  const Scale scale = FitScale(axis, {0.4, 0.5}, 0, 100);
  EXPECT_EQ(scale.low, 0);
  EXPECT_EQ(scale.high, 1);
  // Nothing is ever cut off: a value beyond the wanted end moves it.
  EXPECT_GE(FitScale(axis, {1.7}, 0, 100).high, 1.7);
}

TEST(Axis, LogTicksArePowersOfTen) {
  EXPECT_THAT(LabelsFor({"", Format::kPercent, true}, {1e-6, 0.1}),
              ElementsAre("0.0001%", "0.001%", "0.01%", "0.1%", "1%", "10%"));
  EXPECT_THAT(LabelsFor({"", Format::kPlain, true}, {1, 50}),
              ElementsAre("1", "2", "5", "10", "20", "50"));
  const Scale scale = FitScale({"", Format::kPlain, true}, {1, 100}, 0, 100);
  EXPECT_NEAR(scale.At(10), 50, 1e-9);
}

TEST(Axis, ValuesWithoutARangeGetOne) {
  for (const bool log : {false, true}) {
    for (const double value : {0.0, 0.5, -3.0, 1e12, 1e-15, 1e-300}) {
      const Axis axis = {"", Format::kPlain, log};
      const Scale scale = FitScale(axis, {value, value}, 0, 100);
      EXPECT_LT(scale.low, scale.high) << value;
      const auto ticks = TicksOf(axis, scale);
      EXPECT_FALSE(ticks.empty()) << value;
      EXPECT_LT(ticks.size(), 20U) << value;
    }
  }
  EXPECT_LT(FitScale({}, {kNan}, 0, 1).low, FitScale({}, {kNan}, 0, 1).high);
}

TEST(LinePlot, HasALineForEachSeriesAndSaysWhatItShows) {
  const auto elements = ParseXml(LinePlotSvg(TwoLines()));
  EXPECT_EQ(elements.front().name, "svg");
  EXPECT_EQ(elements.front().attributes.at("role"), "img");
  EXPECT_EQ(elements.front().attributes.at("xmlns"), "http://www.w3.org/2000/svg");
  EXPECT_EQ(elements.front().attributes.count("viewBox"), 1U);
  EXPECT_EQ(elements[1].name, "title");
  EXPECT_EQ(elements[1].text, "Rank curves");
  EXPECT_EQ(elements[2].name, "desc");
  EXPECT_EQ(elements[2].text, "Two methods.");
  EXPECT_THAT(Named(elements, "path", "area"), SizeIs(1));
  // One in the plot and one in the legend.
  EXPECT_THAT(Named(elements, "path", "dashed"), SizeIs(2));
  EXPECT_THAT(Named(elements, "path", "line"), SizeIs(4));
  for (const char* text : {"bct", "l2", "rank", "share of queries", "kept", "wanted", "60%"})
    EXPECT_THAT(Texts(elements), Contains(text));
}

TEST(LinePlot, LabelsOfNearLinesStandInDifferentRows) {
  const auto elements = ParseXml(LinePlotSvg(TwoLines()));
  std::vector<std::string> rows;
  for (const XmlElement& text : Named(elements, "text", "small"))
    rows.push_back(text.attributes.at("y"));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_NE(rows[0], rows[1]);
}

TEST(LinePlot, APointThatCannotBeDrawnIsAGap) {
  LinePlot plot;
  plot.series = {{"", {{1, 1}, {2, 2}, {3, kNan}, {4, 4}, {5, 5}}}};
  const auto lines = Named(ParseXml(LinePlotSvg(plot)), "path", "line");
  EXPECT_EQ(lines.size(), 2U);
  plot.x.log = true;
  plot.series[0].points[0].x = 0;
  EXPECT_THAT(LinePlotSvg(plot), Not(HasSubstr("nan")));
  EXPECT_THAT(LinePlotSvg(plot), Not(HasSubstr("inf")));
}

TEST(Histogram, EachKindIsAShareOfItsOwnPairs) {
  HistogramPair pair;
  pair.x = {"cosine"};
  pair.edges = {0, 0.5, 1};
  pair.genuine = {1, 3};
  pair.impostors = {900, 100};
  pair.verticals = {{0.6, "threshold"}};
  const auto elements = ParseXml(HistogramPairSvg(pair));
  EXPECT_THAT(Named(elements, "path", "shade"), SizeIs(2));
  EXPECT_THAT(Texts(elements), Contains("80%"));
  EXPECT_THAT(Texts(elements), Contains("threshold"));
  EXPECT_THAT(Texts(elements), Contains("impostors"));
}

TEST(Histogram, BarsThatDoNotFitTheirEdgesAreNotDrawn) {
  HistogramPair pair;
  pair.edges = {0, 1};
  pair.genuine = {1, 2};
  pair.impostors = {1, 2};
  EXPECT_THAT(Texts(ParseXml(HistogramPairSvg(pair))), ElementsAre("There are no pairs to draw."));
}

TEST(IntervalChart, IsFilledWhereTheIntervalLeavesTheLineOut) {
  IntervalChart chart;
  chart.x = {"gain", Format::kPoints};
  chart.rows = {{"sure", 0.05, 0.02, 0.08, {0.04, 0.06}, "+5.0"},
                {"unsure", 0.01, -0.02, 0.04, {}, "+1.0"},
                {"alone", 0.02, std::nullopt, std::nullopt, {}, ""}};
  const auto elements = ParseXml(IntervalChartSvg(chart));
  EXPECT_THAT(Named(elements, "path", "hollow"), SizeIs(2));
  EXPECT_THAT(Named(Named(elements, "path", "c1"), "path", "dot"), SizeIs(2));
  EXPECT_THAT(Texts(elements), Contains("unsure"));
  EXPECT_THAT(Texts(elements), Contains("+1.0"));
}

TEST(HeatMap, PrintsNumbersAndGaps) {
  HeatMap map;
  map.rows = {"bct", "l2"};
  map.columns = {"old/old", "new/old"};
  map.values = {{0.5, 0.61}, {kNan}};
  map.value = {"mAP", Format::kPercent};
  const auto elements = ParseXml(HeatMapSvg(map));
  const auto texts = Texts(elements);
  EXPECT_THAT(texts, Contains("61.0%"));
  EXPECT_EQ(std::count(texts.begin(), texts.end(), "\u2013"), 2);
}

TEST(Scatter, NamesDoNotCoverEachOther) {
  LabelPlan plan;
  plan.area = {0, 0, 600, 340};
  for (int i = 0; i < 20; ++i) plan.dots.push_back({300.0 + i % 3, 170.0 + i % 2});
  plan.widths.assign(plan.dots.size(), 60);
  const auto places = PlaceLabels(plan);
  ASSERT_EQ(places.size(), plan.dots.size());
  for (size_t i = 0; i < places.size(); ++i) {
    ASSERT_TRUE(places[i].has_value()) << i;
    EXPECT_GE(places[i]->left, 0);
    EXPECT_LE(places[i]->right, 600);
    for (size_t k = 0; k < i; ++k) EXPECT_FALSE(Overlap(*places[i], *places[k])) << i << " " << k;
  }
}

TEST(Scatter, NamesKeepOffLinesWhereTheyCan) {
  LabelPlan plan;
  plan.area = {0, 0, 600, 340};
  plan.dots = {{300, 170}};
  plan.widths = {60};
  for (double x = 200; x <= 400; x += 8) plan.lines.push_back({x, 170});
  const auto place = PlaceLabels(plan).front();
  ASSERT_TRUE(place.has_value());
  EXPECT_TRUE(place->bottom < 170 || place->top > 170);
}

TEST(Scatter, ANameWithoutRoomStandsInTheLegend) {
  Scatter scatter;
  for (int i = 0; i < 300; ++i)
    scatter.points.push_back({"a method of quite a long name " + std::to_string(i), 0.5, 0.5});
  const auto texts = Texts(ParseXml(ScatterSvg(scatter)));
  for (int i = 0; i < 300; i += 37) {
    EXPECT_TRUE(std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
      return text.find("a method of quite a ") == 0;
    }));
  }
  EXPECT_GE(texts.size(), 300U);
}

TEST(Scatter, TheFrontierJoinsWhatNothingBeats) {
  Scatter scatter;
  scatter.frontier = true;
  scatter.points = {{"a", 0.1, 0.9}, {"b", 0.5, 0.5}, {"c", 0.4, 0.4}, {"d", 0.9, 0.1}};
  const auto lines = Named(ParseXml(ScatterSvg(scatter)), "path", "mark");
  ASSERT_EQ(lines.size(), 1U);
  const std::string path = lines[0].attributes.at("d");
  EXPECT_EQ(std::count(path.begin(), path.end(), 'L'), 2) << path;  // a, b, d
}

// Every picture of nothing, and every picture of hostile names.
std::vector<std::string> AllOf(const std::string& name, bool empty) {
  const picture::Texts texts = {name, name};
  LinePlot lines{texts, {name}, {name}, {}, {}};
  HistogramPair pair{texts, {name}, {}, {}, {}, name, name, {}};
  IntervalChart chart{texts, {name}, {}};
  HeatMap map{texts, name, name, {}, {}, {}, {name}};
  Scatter scatter{texts, {name}, {name}, {}, {}};
  if (!empty) {
    lines.series = {{name, {{1, 2}}}};
    lines.verticals = {{1, name}};
    pair.edges = {0, 1};
    pair.genuine = pair.impostors = {1};
    pair.verticals = {{0.5, name}};
    chart.rows = {{name, 1, 0, 2, {1}, name}};
    map.rows = map.columns = {name};
    map.values = {{1.0}};
    scatter.points = {{name, 1, 2}};
    scatter.horizontals = {{1, name}};
  }
  return {LinePlotSvg(lines), HistogramPairSvg(pair), IntervalChartSvg(chart), HeatMapSvg(map),
          ScatterSvg(scatter)};
}

TEST(Pictures, HostileNamesStayText) {
  for (const std::string& svg : AllOf(kHostile, false)) {
    const auto elements = ParseXml(svg);
    EXPECT_THAT(Named(elements, "script"), IsEmpty());
    EXPECT_EQ(elements[1].text, kHostileShown);
    EXPECT_TRUE(IsPicture(svg));
  }
}

TEST(Pictures, NothingToDrawIsSaid) {
  for (const std::string& svg : AllOf("title", true)) {
    const auto texts = Texts(ParseXml(svg));
    ASSERT_EQ(texts.size(), 1U);
    EXPECT_THAT(texts[0], HasSubstr("There are no "));
  }
}

TEST(Palette, ColoursCanBeToldFromThePaper) {
  for (const Scheme* scheme : {&LightScheme(), &DarkScheme()}) {
    EXPECT_GE(Contrast(scheme->ink, scheme->paper), 7);
    EXPECT_GE(Contrast(scheme->soft, scheme->paper), 4.5);
    for (const auto colour : scheme->series)
      EXPECT_GE(Contrast(colour, scheme->paper), 3) << colour;
    for (const auto colour : scheme->heat)
      EXPECT_GE(Contrast(InkOn(colour), colour), 4.5) << colour;
  }
}

TEST(Palette, TheStyleNeedsNoEscaping) {
  // Inside HTML the style of an SVG is read as markup; the page's policy names its hash.
  EXPECT_EQ(Style().find_first_of("<>&"), std::string::npos);
  EXPECT_THAT(Style(), HasSubstr("prefers-color-scheme:dark"));
}

}  // namespace
}  // namespace bcr::picture
