#include "harness/run/epoch_notes.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

namespace bcr {
namespace {

// By way of text, as no scaling by powers of ten is exact.
double Rounded(double value) {
  const std::string text = fmt::format("{:.6g}", value);
  double rounded = value;
  std::from_chars(text.data(), text.data() + text.size(), rounded);
  return rounded;
}

Json EpochNote(const Json& entry) {
  Json note = {{"epoch", entry.at("epoch")}, {"figures", Json::object()}};
  for (const auto& [name, value] : entry.items()) {
    if (!value.is_number() || name == "epoch" || name == "steps") continue;
    (name == "learning_rate" ? note : note["figures"])[name] = Rounded(value.get<double>());
  }
  return note;
}

}  // namespace

Json EpochNotes(const Json& history) {
  Json notes = Json::array();
  if (!history.is_array()) return notes;
  for (const Json& entry : history) {
    if (!entry.is_object() || !entry.contains("epoch")) return Json::array();
    notes.push_back(EpochNote(entry));
  }
  return notes;
}

}  // namespace bcr
