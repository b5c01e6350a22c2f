// ONNX networks by OpenVINO, on the CPU. The whole of libbcreid-onnx.so.
#include <algorithm>
#include <charconv>
#include <cstring>
#include <numeric>
#include <openvino/frontend/manager.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/openvino.hpp>
#include <stdexcept>
#include <vector>

#include "harness/nn/onnx_engine.h"

namespace bcr {
namespace {

constexpr int kHeight = 256, kWidth = 128;  // where neither file nor user says

std::string TextOf(const ov::PartialShape& shape) {
  std::ostringstream text;
  text << shape;
  return text.str();
}

std::string NameOf(const ov::Output<ov::Node>& output) {
  return output.get_names().empty() ? output.get_node()->get_friendly_name()
                                    : output.get_any_name();
}

// The outputs by place, name and shape.
std::string OutputsOf(const ov::Model& model) {
  std::string text;
  for (size_t i = 0; i < model.outputs().size(); ++i) {
    const ov::Output<const ov::Node> output = model.output(i);
    text += (i == 0 ? "" : ", ") + std::to_string(i) + " `" +
            (output.get_names().empty() ? "" : output.get_any_name()) + "` " +
            TextOf(output.get_partial_shape());
  }
  return text;
}

// The output that was asked for, by place or name, or an inner tensor of that name.
ov::Output<ov::Node> ChooseOutput(ov::Model& model, const std::string& wanted) {
  const ov::OutputVector outputs = model.outputs();
  if (wanted.empty() && outputs.size() == 1) return outputs[0];
  size_t place = 0;
  const char* end = wanted.data() + wanted.size();
  const auto [last, error] = std::from_chars(wanted.data(), end, place);
  if (error == std::errc() && last == end && place < outputs.size()) return outputs[place];
  for (const ov::Output<ov::Node>& output : outputs)
    if (output.get_names().contains(wanted)) return output;
  try {
    if (!wanted.empty()) return model.add_output(wanted);
  } catch (const ov::Exception&) {  // no tensor of that name
  }
  throw std::invalid_argument("the outputs " + OutputsOf(model));
}

// By the reader of ONNX alone: OpenVINO's own choice would try those of other formats too.
std::shared_ptr<ov::Model> Read(const std::string& path) {
  const auto reader = ov::frontend::FrontEndManager().load_by_framework("onnx");
  if (!reader) throw std::runtime_error("no reader of ONNX in this OpenVINO");
  const auto model = reader->load(path);
  if (!model) throw std::runtime_error("no ONNX file");
  return reader->convert(model);
}

struct ImageInput {
  bool channels_last = false;  // n x H x W x 3
  int64_t batch = 0;           // images at once, where the file has a number of its own; else 0
  int height = 0, width = 0;
};

ImageInput InputOf(const ov::Model& model, const OnnxRequest& request) {
  if (model.inputs().size() != 1)
    throw std::runtime_error(std::to_string(model.inputs().size()) + " inputs");
  const ov::PartialShape shape = model.input().get_partial_shape();
  const std::string found = "an input of shape " + TextOf(shape) + " and type " +
                            model.input().get_element_type().get_type_name();
  if (!model.input().get_element_type().is_real() || shape.rank().is_dynamic() || shape.size() != 4)
    throw std::runtime_error(found);
  const auto is = [&](size_t axis, int64_t count) {
    return shape[axis].is_static() && shape[axis].get_length() == count;
  };
  ImageInput input;
  input.channels_last = !is(1, 3) && is(3, 3);
  const size_t rows = input.channels_last ? 1 : 2;
  if (!input.channels_last && !shape[1].is_dynamic() && !is(1, 3)) throw std::runtime_error(found);
  if (shape[0].is_static()) input.batch = shape[0].get_length();
  const auto side = [](const ov::Dimension& own, int wanted, int usual) {
    if (wanted > 0) return wanted;
    return own.is_static() ? static_cast<int>(own.get_length()) : usual;
  };
  input.height = side(shape[rows], request.height, kHeight);
  input.width = side(shape[rows + 1], request.width, kWidth);
  return input;
}

// The model with one output, for images of this size; float32 n x 3 x H x W in, float32 out,
// whatever the file's own types and order.
std::shared_ptr<ov::Model> Prepared(const ov::Output<ov::Node>& output,
                                    const ov::ParameterVector& parameters,
                                    const ImageInput& input) {
  auto model = std::make_shared<ov::Model>(ov::OutputVector{output}, parameters);
  const ov::Dimension batch = input.batch > 0 ? ov::Dimension(input.batch) : ov::Dimension();
  ov::PartialShape shape{batch, 3, input.height, input.width};
  if (input.channels_last) shape = {batch, input.height, input.width, 3};
  model->reshape(shape);
  ov::preprocess::PrePostProcessor edges(model);
  edges.input().tensor().set_element_type(ov::element::f32).set_layout("NCHW");
  edges.input().model().set_layout(input.channels_last ? "NHWC" : "NCHW");
  edges.output().tensor().set_element_type(ov::element::f32);
  return edges.build();
}

class OpenVinoNetwork : public OnnxNetwork {
 public:
  explicit OpenVinoNetwork(const OnnxRequest& request) : read_(Read(request.path)) {
    input_ = InputOf(*read_, request);
    const ov::Output<ov::Node> output = ChooseOutput(*read_, request.output);
    about_ = std::string(input_.channels_last ? "n x H x W x 3" : "n x 3 x H x W") +
             (input_.batch > 0 ? ", " + std::to_string(input_.batch) + " at once" : "") +
             ", output `" + NameOf(output) + "`";
    try {
      compiled_ = core_.compile_model(Prepared(output, read_->get_parameters(), input_), "CPU",
                                      Settings(request.threads));
    } catch (const ov::Exception& error) {
      throw std::invalid_argument(error.what());
    }
    run_ = compiled_.create_infer_request();
    Measure();
  }

  int height() const override { return input_.height; }
  int width() const override { return input_.width; }
  int feature_width() const override { return feature_width_; }
  std::string about() const override { return about_; }

  void Run(const float* images, int64_t count, float* features) override {
    const int64_t step = input_.batch > 0 ? input_.batch : count;
    for (int64_t first = 0; first < count; first += step) {
      const int64_t some = std::min(step, count - first);
      const ov::Tensor out = Infer(images + first * Pixels(), some, step);
      std::memcpy(features + first * feature_width_, out.data<float>(),
                  static_cast<size_t>(some * feature_width_) * sizeof(float));
    }
  }

  void VisitWeights(const std::function<void(const void*, size_t)>& visit) const override {
    for (const auto& node : read_->get_ordered_ops())
      if (const auto constant = ov::as_type_ptr<ov::op::v0::Constant>(node))
        visit(constant->get_data_ptr(), constant->get_byte_size());
  }

 private:
  // By itself OpenVINO computes in bfloat16 where the processor can, which leaves two digits.
  static ov::AnyMap Settings(int threads) {
    return {ov::hint::inference_precision(ov::element::f32), ov::num_streams(1),
            ov::inference_num_threads(threads), ov::hint::enable_cpu_pinning(false)};
  }

  int64_t Pixels() const { return int64_t{3} * input_.height * input_.width; }

  // Of `step` images, of which `some` are given: a network of fixed size gets blank ones besides.
  ov::Tensor Infer(const float* images, int64_t some, int64_t step) {
    ov::Tensor in(ov::element::f32,
                  {static_cast<size_t>(step), 3, static_cast<size_t>(input_.height),
                   static_cast<size_t>(input_.width)});
    auto* values = in.data<float>();
    std::copy_n(images, some * Pixels(), values);
    std::fill(values + some * Pixels(), values + step * Pixels(), 0.0F);
    run_.set_input_tensor(in);
    run_.infer();
    return run_.get_output_tensor();
  }

  // What blank images give tells the width, and whether it is one vector an image.
  void Measure() {
    const int64_t count = input_.batch > 0 ? input_.batch : 2;
    const std::vector<float> blank(static_cast<size_t>(count * Pixels()));
    const ov::Shape shape = Infer(blank.data(), count, count).get_shape();
    const size_t values = ov::shape_size(shape);
    if (shape.size() < 2 || shape[0] != static_cast<size_t>(count) || values == 0 ||
        values != shape[0] * shape[1])
      throw std::invalid_argument("an output of shape " + TextOf(ov::PartialShape(shape)) +
                                  " of the outputs " + OutputsOf(*read_));
    feature_width_ = static_cast<int>(shape[1]);
  }

  ov::Core core_;
  std::shared_ptr<ov::Model> read_;
  ImageInput input_;
  std::string about_;
  ov::CompiledModel compiled_;
  ov::InferRequest run_;
  int feature_width_ = 0;
};

std::unique_ptr<OnnxNetwork> Open(const OnnxRequest& request) {
  return std::make_unique<OpenVinoNetwork>(request);
}

}  // namespace
}  // namespace bcr

extern "C" const bcr::OnnxEngine* bcreid_onnx_engine() {
  static const std::string version =
      std::string("OpenVINO ") + ov::get_openvino_version().buildNumber;
  static const bcr::OnnxEngine engine = {bcr::kOnnxEngineRevision, version.c_str(), bcr::Open};
  return &engine;
}
