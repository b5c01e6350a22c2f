#pragma once

#include <map>
#include <string>

namespace bcr {

// Seconds spent per kind of work ("data", "training", "extraction", "clustering", "scoring").
class TimeSplit {
 public:
  void Add(const std::string& kind, double seconds) { seconds_[kind] += seconds; }
  const std::map<std::string, double>& seconds() const { return seconds_; }
  double Of(const std::string& kind) const;  // 0 where nothing was spent on it

 private:
  std::map<std::string, double> seconds_;
};

// Adds the time between construction and destruction.
class ScopedTime {
 public:
  ScopedTime(TimeSplit& split, std::string kind);
  ~ScopedTime();

 private:
  TimeSplit& split_;
  std::string kind_;
  double start_;
};

}  // namespace bcr
