#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "reports/record_parts.h"

namespace bcr::parts {

// A JSON list of what `convert` makes of each item; private to this folder.
template <typename Item, typename Convert>
Json ListJson(const std::vector<Item>& items, Convert convert) {
  Json list = Json::array();
  for (const Item& item : items) list.push_back(convert(item));
  return list;
}

// The list under `key`, item by item: read(json, where) makes one of each.
template <typename Read>
auto ReadList(JsonReader& reader, const std::string& key, Read read) {
  std::vector<decltype(read(Json(), std::string()))> items;
  for (const Json& item : List(reader, key)) {
    items.push_back(read(item, fmt::format("{}.{}[{}]", reader.where(), key, items.size())));
  }
  return items;
}

}  // namespace bcr::parts
