#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace bcr {

// Mean of each logged figure over an epoch.
class EpochMeans {
 public:
  void Add(const std::string& name, double value) {
    auto& [sum, count] = sums_[name];
    sum += value;
    ++count;
  }
  Json ToJson() const {
    Json json = Json::object();
    for (const auto& [name, entry] : sums_)
      json[name] = entry.first / static_cast<double>(entry.second);
    return json;
  }

 private:
  std::map<std::string, std::pair<double, int64_t>> sums_;
};

}  // namespace bcr
