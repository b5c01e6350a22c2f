#include "reports/change_json.h"

#include <nlohmann/json.hpp>

#include "reports/list_json.h"
#include "reports/record_parts.h"

namespace bcr::parts {
namespace {

Json QueryJson(const ChangeFigures::Query& query) {
  return {{"image", query.image},          {"identity", query.identity},
          {"camera", query.camera},        {"before", query.before},
          {"after", query.after},          {"rank_before", query.rank_before},
          {"rank_after", query.rank_after}};
}

Json IdentityJson(const ChangeFigures::Identity& identity) {
  return {{"identity", identity.identity},
          {"queries", identity.queries},
          {"before", identity.before},
          {"after", identity.after}};
}

Json CameraPairJson(const ChangeFigures::CameraPair& pair) {
  return {{"query_camera", pair.query_camera},
          {"gallery_camera", pair.gallery_camera},
          {"queries", pair.queries},
          {"identities", pair.identities},
          {"before", pair.before},
          {"after", pair.after}};
}

ChangeFigures::Query ReadQuery(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  ChangeFigures::Query query;
  query.image = reader.Text("image");
  query.identity = reader.Text("identity");
  query.camera = reader.Text("camera");
  query.before = Share(reader, "before");
  query.after = Share(reader, "after");
  query.rank_before = Count(reader, "rank_before");
  query.rank_after = Count(reader, "rank_after");
  reader.Finish();
  return query;
}

ChangeFigures::Identity ReadIdentity(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  ChangeFigures::Identity identity;
  identity.identity = reader.Text("identity");
  identity.queries = Count(reader, "queries");
  identity.before = Share(reader, "before");
  identity.after = Share(reader, "after");
  reader.Finish();
  return identity;
}

ChangeFigures::CameraPair ReadCameraPair(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  ChangeFigures::CameraPair pair;
  pair.query_camera = reader.Text("query_camera");
  pair.gallery_camera = reader.Text("gallery_camera");
  pair.queries = Count(reader, "queries");
  pair.identities = Count(reader, "identities");
  pair.before = Share(reader, "before");
  pair.after = Share(reader, "after");
  reader.Finish();
  return pair;
}

}  // namespace

Json SectionJson(const ChangeFigures& figures) {
  Json json = {{"length", figures.length},
               {"identities", figures.identities},
               {"identities_worse", figures.identities_worse},
               {"queries", figures.queries},
               {"queries_worse", figures.queries_worse},
               {"worst_queries", ListJson(figures.worst_queries, QueryJson)},
               {"best_queries", ListJson(figures.best_queries, QueryJson)},
               {"worst_identities", ListJson(figures.worst_identities, IdentityJson)}};
  if (figures.by_camera)
    json["worst_camera_pairs"] = ListJson(figures.worst_camera_pairs, CameraPairJson);
  return json;
}

void Read(JsonReader& reader, ChangeFigures& figures) {
  figures.length = Count(reader, "length");
  figures.identities = Count(reader, "identities");
  figures.identities_worse = Count(reader, "identities_worse");
  figures.queries = Count(reader, "queries");
  figures.queries_worse = Count(reader, "queries_worse");
  figures.worst_queries = ReadList(reader, "worst_queries", ReadQuery);
  figures.best_queries = ReadList(reader, "best_queries", ReadQuery);
  figures.worst_identities = ReadList(reader, "worst_identities", ReadIdentity);
  figures.by_camera = reader.Has("worst_camera_pairs");
  if (figures.by_camera)
    figures.worst_camera_pairs = ReadList(reader, "worst_camera_pairs", ReadCameraPair);
}

}  // namespace bcr::parts
