#include "harness/run/made_model.h"

#include "harness/core/files.h"
#include "harness/nn/weights.h"
#include "harness/plan/given_model.h"

namespace bcr {

namespace {

constexpr char kGivenFile[] = "given.json";

MadeModel ReadGivenModel(const std::string& path) {
  const Json json = ReadJsonFile(path);
  JsonReader reader(json, path);
  MadeModel made;
  made.width = static_cast<int>(reader.Integer("feature_width", 1, 1 << 20));
  made.weights_hash = reader.Text("hash");
  made.training = {{"steps", 0},
                   {"seconds", 0.0},
                   {"images", 0},
                   {"label_notes", Json::array()},
                   {"given", reader.Raw("facts")}};
  reader.Finish();
  return made;
}

}  // namespace

void WriteGivenModel(const std::string& folder, const GivenModel& model) {
  WriteJsonAtomic(
      JoinPath(folder, kGivenFile),
      {{"feature_width", model.feature_width}, {"hash", model.hash}, {"facts", model.facts}});
}

MadeModel ReadMadeModel(const std::string& folder) {
  const std::string given = JoinPath(folder, kGivenFile);
  if (FileExists(given)) return ReadGivenModel(given);
  const SavedModel saved = LoadModel(folder);
  return {saved.model->feature_width(), saved.training, saved.weights_hash};
}

std::string ProjectionFile(const std::string& folder, size_t earlier) {
  const std::string number = earlier == 0 ? "" : "-" + std::to_string(earlier + 1);
  return JoinPath(folder, "projection" + number + ".npy");
}

}  // namespace bcr
