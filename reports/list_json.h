#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "harness/core/json.h"

namespace bcr::parts {

// A JSON list of what `convert` makes of each item; private to this folder.
template <typename Item, typename Convert>
Json ListJson(const std::vector<Item>& items, Convert convert) {
  Json list = Json::array();
  for (const Item& item : items) list.push_back(convert(item));
  return list;
}

}  // namespace bcr::parts
