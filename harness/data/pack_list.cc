#include "harness/data/pack_list.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "harness/core/json.h"

namespace bcr {
namespace {

PackedIndex IndexFromJson(const Json& json) {
  PackedIndex index;
  for (const Json& image : json.at("images")) {
    index.images.push_back({image.at(0).get<std::string>(), image.at(1).get<std::string>(),
                            image.at(2).get<std::string>()});
  }
  for (const Json& image : json.at("bad")) {
    index.bad.push_back({image.at(0).get<std::string>(), image.at(1).get<std::string>()});
  }
  index.content = json.at("content").get<std::string>();
  return index;
}

}  // namespace

std::string PackListText(const PackList& list) {
  Json images = Json::array();
  for (const ImageRecord& image : list.index.images)
    images.push_back({image.name, image.identity, image.camera});
  Json bad = Json::array();
  for (const BadImage& image : list.index.bad) bad.push_back({image.name, image.why});
  return DumpJson({{"key", ParseJson(list.key, "key of packed images")},
                   {"stamp", list.stamp},
                   {"images", std::move(images)},
                   {"bad", std::move(bad)},
                   {"content", list.index.content}});
}

std::optional<PackList> ParsePackList(const std::string& text) {
  PackList list;
  const auto read = [&] {
    const Json json = ParseJson(text, "a list of packed images");
    list = {DumpJsonCompact(json.at("key")), json.at("stamp").get<std::string>(),
            IndexFromJson(json)};
  };
  return IsReadable(read) ? std::optional(std::move(list)) : std::nullopt;
}

}  // namespace bcr
