#include "harness/nn/model_input.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/data/pixel.h"
#include "harness/data/resize.h"

namespace bcr {
namespace {

std::array<double, 3> Three(JsonReader& reader, const std::string& key,
                            const std::array<double, 3>& usual, bool positive) {
  if (!reader.Has(key)) return usual;
  const Json& list = reader.Raw(key);
  std::array<double, 3> values{};
  bool sound = list.is_array() && list.size() == 3;
  for (size_t i = 0; sound && i < 3; ++i) {
    sound = list[i].is_number();
    if (sound) values[i] = list[i].get<double>();
    sound = sound && values[i] >= -1e6 && values[i] <= 1e6 && (!positive || values[i] > 1e-6);
  }
  if (!sound)
    throw Error(ErrorCode::kConfig,
                {reader.where() + ": " + key, list.dump(),
                 positive ? "three numbers above 0" : "three numbers", "One for each channel."});
  return values;
}

ModelInput Parse(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  ModelInput input;
  input.height = static_cast<int>(reader.Integer("height", 1, 4096, input.height));
  input.width = static_cast<int>(reader.Integer("width", 1, 4096, input.width));
  input.resize = reader.Choice("resize", ResizeNames(), input.resize);
  input.bgr = reader.Choice("channels", {"RGB", "BGR"}, "RGB") == "BGR";
  input.scale = reader.Number("scale", 1e-6, 1e6, input.scale);
  if (input.bgr) {
    std::swap(input.mean[0], input.mean[2]);
    std::swap(input.deviation[0], input.deviation[2]);
  }
  input.mean = Three(reader, "mean", input.mean, false);
  input.deviation = Three(reader, "deviation", input.deviation, true);
  if (reader.Has("output")) {
    const Json& output = reader.Raw("output");
    input.output = output.is_number_unsigned() ? output.dump() : reader.Text("output");
  }
  reader.Finish();
  return input;
}

at::Tensor Column(const std::array<double, 3>& values) {
  at::Tensor column = at::empty({1, 3, 1, 1}, at::kDouble);
  for (int64_t i = 0; i < 3; ++i)
    column.mutable_data_ptr<double>()[i] = values[static_cast<size_t>(i)];
  return column;
}

}  // namespace

std::string InputText(const std::string& model_file, const ModelInput& input) {
  const std::string path = model_file + ".json";
  return fmt::format(
      "{} gets {}x{} images{}, {}, (pixel / {} - [{}]) / [{}]: {}", model_file, input.height,
      input.width, input.resize == kUsualResize ? "" : " by " + input.resize,
      input.bgr ? "BGR" : "RGB", input.scale, fmt::join(input.mean, ", "),
      fmt::join(input.deviation, ", "),
      FileExists(path) ? "as " + path + " says" : "assumed, say otherwise in " + path);
}

FoundInput FindModelInput(const std::string& model_file) {
  const std::string path = model_file + ".json";
  FoundInput found;
  if (FileExists(path)) {
    const Json json = ReadJsonFile(path);
    found.input = Parse(json, path);
    found.says_height = json.contains("height");
    found.says_width = json.contains("width");
  }
  found.told = InputText(model_file, found.input);
  return found;
}

Json ModelInputJson(const ModelInput& input) {
  Json json = {
      {"height", input.height}, {"width", input.width}, {"channels", input.bgr ? "BGR" : "RGB"},
      {"scale", input.scale},   {"mean", input.mean},   {"deviation", input.deviation}};
  // Features were stored before there was a choice.
  if (input.resize != kUsualResize) json["resize"] = input.resize;
  if (!input.output.empty()) json["output"] = input.output;
  return json;
}

bool IsUsualInput(const ModelInput& input) {
  const ModelInput usual;
  return !input.bgr && input.scale == usual.scale && input.mean == usual.mean &&
         input.deviation == usual.deviation;
}

at::Tensor AsInput(const at::Tensor& images, const ModelInput& input) {
  if (IsUsualInput(input)) return images;
  std::array<double, 3> mean{}, deviation{};
  for (size_t i = 0; i < 3; ++i) {
    mean[i] = kImageNetMean[i];
    deviation[i] = kImageNetDeviation[i];
  }
  // 255 x (ours x deviation + mean) is the pixel.
  at::Tensor scale = Column(deviation) * (255.0 / input.scale);
  at::Tensor shift = Column(mean) * (255.0 / input.scale);
  at::Tensor pixels = images;
  if (input.bgr) {
    pixels = pixels.flip({1});
    scale = scale.flip({1});
    shift = shift.flip({1});
  }
  scale = scale / Column(input.deviation);
  shift = (shift - Column(input.mean)) / Column(input.deviation);
  return pixels * scale.to(at::kFloat) + shift.to(at::kFloat);
}

}  // namespace bcr
