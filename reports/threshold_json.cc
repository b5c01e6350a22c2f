#include "reports/threshold_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "reports/list_json.h"
#include "reports/record_parts.h"

namespace bcr::parts {
namespace {

using Pairs = ThresholdFigures::Pairs;
using Searches = ThresholdFigures::Searches;

Json RatesJson(const Pairs& pairs) {
  return {{"threshold", pairs.threshold}, {"far", pairs.far}, {"frr", pairs.frr}};
}

Json RatesJson(const Searches& searches) {
  return {{"threshold", searches.threshold}, {"fpir", searches.fpir}, {"dir", searches.dir}};
}

template <typename Rates>
Json PointJson(const ThresholdFigures::Point<Rates>& point) {
  Json json = RatesJson(point.at);
  json["wanted"] = point.wanted;
  return json;
}

template <typename Rates>
Json TransferJson(const ThresholdFigures::Transfer<Rates>& transfer) {
  return {{"wanted", transfer.wanted},
          {"before", RatesJson(transfer.before)},
          {"after", RatesJson(transfer.after)},
          {"kept", RatesJson(transfer.kept)}};
}

Json CellOfJson(const ThresholdFigures::Cell& cell) {
  return {{"query_model", cell.query_model},
          {"gallery_model", cell.gallery_model},
          {"genuine", cell.genuine},
          {"impostors", cell.impostors},
          {"equal_error_rate", cell.equal_error_rate},
          {"equal_error_threshold", cell.equal_error_threshold},
          {"pairs", ListJson(cell.pairs, PointJson<Pairs>)},
          {"searches", ListJson(cell.searches, PointJson<Searches>)},
          {"histogram",
           {{"edges", cell.histogram.edges},
            {"genuine", cell.histogram.genuine},
            {"impostors", cell.histogram.impostors}}}};
}

void ReadRates(JsonReader& reader, Pairs& pairs) {
  pairs = {AnyNumber(reader, "threshold"), Share(reader, "far"), Share(reader, "frr")};
}

void ReadRates(JsonReader& reader, Searches& searches) {
  searches = {AnyNumber(reader, "threshold"), Share(reader, "fpir"), Share(reader, "dir")};
}

template <typename Rates>
ThresholdFigures::Point<Rates> ReadPoint(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  ThresholdFigures::Point<Rates> point;
  point.wanted = Share(reader, "wanted");
  ReadRates(reader, point.at);
  reader.Finish();
  return point;
}

template <typename Rates>
ThresholdFigures::Transfer<Rates> ReadTransfer(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  ThresholdFigures::Transfer<Rates> transfer;
  transfer.wanted = Share(reader, "wanted");
  const auto inner = [&](const char* key, Rates& rates) {
    JsonReader part(Object(reader, key), where + "." + key);
    ReadRates(part, rates);
    part.Finish();
  };
  inner("before", transfer.before);
  inner("after", transfer.after);
  inner("kept", transfer.kept);
  reader.Finish();
  return transfer;
}

double ReadNumber(const Json& json, const std::string& where) {
  if (!json.is_number()) Refuse(where, json.type_name(), "a number");
  return json.get<double>();
}

int64_t ReadCount(const Json& json, const std::string& where) {
  if (!json.is_number_integer() || json.get<int64_t>() < 0) Refuse(where, json.dump(), "a count");
  return json.get<int64_t>();
}

std::vector<int64_t> Counts(JsonReader& reader, const std::string& key, size_t bars) {
  const std::vector<int64_t> counts = ReadList(reader, key, ReadCount);
  if (counts.size() != bars) {
    Refuse(reader.where() + "." + key, fmt::format("{} counts", counts.size()),
           fmt::format("{}: one less than `edges`", bars));
  }
  return counts;
}

ThresholdFigures::Cell ReadCellOf(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  ThresholdFigures::Cell cell;
  cell.query_model = reader.Text("query_model");
  cell.gallery_model = reader.Text("gallery_model");
  cell.genuine = Count(reader, "genuine");
  cell.impostors = Count(reader, "impostors");
  cell.equal_error_rate = Share(reader, "equal_error_rate");
  cell.equal_error_threshold = AnyNumber(reader, "equal_error_threshold");
  cell.pairs = ReadList(reader, "pairs", ReadPoint<Pairs>);
  cell.searches = ReadList(reader, "searches", ReadPoint<Searches>);
  JsonReader bars(Object(reader, "histogram"), reader.where() + ".histogram");
  cell.histogram.edges = ReadList(bars, "edges", ReadNumber);
  if (cell.histogram.edges.size() < 2) {
    Refuse(bars.where() + ".edges", fmt::format("{} edges", cell.histogram.edges.size()),
           "two or more");
  }
  const size_t count = cell.histogram.edges.size() - 1;
  cell.histogram.genuine = Counts(bars, "genuine", count);
  cell.histogram.impostors = Counts(bars, "impostors", count);
  bars.Finish();
  reader.Finish();
  return cell;
}

}  // namespace

Json SectionJson(const ThresholdFigures& figures) {
  return {{"cells", ListJson(figures.cells, CellOfJson)},
          {"pair_transfers", ListJson(figures.pair_transfers, TransferJson<Pairs>)},
          {"search_transfers", ListJson(figures.search_transfers, TransferJson<Searches>)}};
}

void Read(JsonReader& reader, ThresholdFigures& figures) {
  figures.cells = ReadList(reader, "cells", ReadCellOf);
  figures.pair_transfers = ReadList(reader, "pair_transfers", ReadTransfer<Pairs>);
  figures.search_transfers = ReadList(reader, "search_transfers", ReadTransfer<Searches>);
}

}  // namespace bcr::parts
