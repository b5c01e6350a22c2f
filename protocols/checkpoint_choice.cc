#include "protocols/checkpoint_choice.h"

#include <nlohmann/json.hpp>

#include "protocols/parse.h"

namespace bcr {

CheckpointChoice ReadCheckpointChoice(JsonReader& reader) {
  CheckpointChoice choice;
  choice.by = reader.Choice("checkpoint", {"last", "validation"}, choice.by);
  const bool given = reader.Has("checkpoint_every");
  choice.every = static_cast<int>(reader.Integer("checkpoint_every", 1, 1000000, choice.every));
  if (given && choice.every != CheckpointChoice().every && choice.by == "last") {
    protocol::Refuse(protocol::KeyPath(reader, "checkpoint_every"), std::to_string(choice.every),
                     "checkpoint validation beside it",
                     "It changes nothing there: leave it out, or change the other key.");
  }
  return choice;
}

Json CheckpointChoiceJson(const CheckpointChoice& choice) {
  return {{"checkpoint", choice.by}, {"checkpoint_every", choice.every}};
}

Json GivenCheckpointChoice(const CheckpointChoice& choice) {
  return choice.by == "last" ? Json::object() : CheckpointChoiceJson(choice);
}

}  // namespace bcr
