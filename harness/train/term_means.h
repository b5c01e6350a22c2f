#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/json.h"

namespace at {
class Tensor;
}

namespace bcr {

// Means of losses and logged figures over an epoch. Sums are kept on the device in float64 and read
// seldom, because each reading makes the step wait for the device.
class TermMeans {
 public:
  TermMeans();
  ~TermMeans();
  // The scalars of one step, in a fixed order: usually the same names every step. The last one is
  // what Read() returns.
  void Add(const std::vector<std::string>& names, const std::vector<at::Tensor>& values);
  void AddKnown(const std::string& name, double value);
  // Waits for the device. Returns the newest value of the last name. Throws kTraining where a value
  // was not finite, naming the first such figure and its step; `title` and `epoch` (0-based) are
  // for the message.
  double Read(const std::string& title, int epoch);
  // Waits for the device: name -> mean. Checked as in Read.
  Json ToJson(const std::string& title, int epoch);

 private:
  struct Group;
  std::vector<std::unique_ptr<Group>> groups_;  // one for each list of names
  const Group* newest_ = nullptr;
  std::map<std::string, std::pair<double, int64_t>> known_;
  int64_t step_ = 0;
  double last_read_ = 0;
};

}  // namespace bcr
