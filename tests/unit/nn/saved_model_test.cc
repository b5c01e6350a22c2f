#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/nn/weights.h"
#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using ::testing::AllOf;
using testing::Features;
using ::testing::HasSubstr;
using testing::Images;
using testing::MessageOf;
using testing::SameBytes;
using testing::SameState;

class SavedModelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ModelSpec spec;
    spec.pooling = "avg";
    spec.classes = 2;
    model_ = Model::Make(spec, 1);
    model_->SetTraining(true);
    Features(*model_, Images(4, 64, 32));  // statistics unlike those of a new model
    model_->SetTraining(false);
    SaveModel(path_, *model_, {"0002", "0007"}, {{"seed", 1}});
  }
  void EditJson(const std::function<void(Json&)>& edit) {
    Json json = ReadJsonFile(json_);
    edit(json);
    WriteJsonAtomic(json_, json);
  }

  TemporaryFolder folder_;
  std::string path_ = JoinPath(folder_.path(), "new/model");
  std::string json_ = JoinPath(path_, "model.json");
  std::string weights_ = JoinPath(path_, "weights.safetensors");
  std::unique_ptr<Model> model_;
};

TEST_F(SavedModelTest, RoundTrip) {
  const SavedModel saved = LoadModel(path_);
  EXPECT_TRUE(SameState(saved.model->State(), model_->State()));
  EXPECT_EQ(saved.classes, (std::vector<std::string>{"0002", "0007"}));
  EXPECT_EQ(saved.training, (Json{{"seed", 1}}));
  EXPECT_EQ(saved.weights_hash, HashOfFile(weights_));
  EXPECT_EQ(saved.model->spec().pooling, "avg");
  EXPECT_FALSE(saved.model->training());
  const at::Tensor images = Images(2, 64, 32);
  EXPECT_TRUE(SameBytes(Features(*saved.model, images), Features(*model_, images)));
}

// Families and switches come back; the file holds their canonical spelling.
TEST_F(SavedModelTest, BackboneReferencesComeBack) {
  for (const auto& [typed, stored] : std::map<std::string, std::string>{
           {"osnet_x0_25", "osnet_x0_25"},
           {"resnet18,stem_relu=off,ibn=a", "resnet18,ibn=a,stem_relu=off"}}) {
    ModelSpec spec;
    spec.backbone = typed;
    const auto model = Model::Make(spec, 1);
    SaveModel(path_, *model, {}, {});
    EXPECT_EQ(ReadJsonFile(json_)["spec"]["backbone"], stored);
    const SavedModel saved = LoadModel(path_);
    EXPECT_EQ(saved.model->spec().backbone, stored);
    EXPECT_TRUE(SameState(saved.model->State(), model->State()));
    const at::Tensor images = Images(2, 64, 32);
    EXPECT_TRUE(SameBytes(Features(*saved.model, images), Features(*model, images)));
  }
}

// Files of models without an embedding stay as they were before there was one.
TEST_F(SavedModelTest, AnEmbeddingComesBack) {
  EXPECT_FALSE(ReadJsonFile(json_)["spec"].contains("embedding"));
  ModelSpec spec;
  spec.embedding = 40;
  const auto model = Model::Make(spec, 1);
  SaveModel(path_, *model, {}, {});
  EXPECT_EQ(ReadJsonFile(json_)["feature_width"], 40);
  const SavedModel saved = LoadModel(path_);
  EXPECT_EQ(saved.model->spec().embedding, 40);
  EXPECT_TRUE(SameState(saved.model->State(), model->State()));
}

// Likewise how images come to its size.
TEST_F(SavedModelTest, AWayToResizeComesBack) {
  EXPECT_FALSE(ReadJsonFile(json_)["spec"].contains("resize"));
  ModelSpec spec;
  spec.resize = "pillow-bicubic";
  SaveModel(path_, *Model::Make(spec, 1), {}, {});
  EXPECT_EQ(ReadJsonFile(json_)["preprocessing"]["resize"], "pillow-bicubic");
  EXPECT_EQ(LoadModel(path_).model->spec().resize, "pillow-bicubic");
  spec.resize = "pillow";
  EXPECT_THROW(Model::Make(spec, 1), Error);
}

TEST_F(SavedModelTest, EqualModelsMakeEqualFolders) {
  const std::string again = JoinPath(folder_.path(), "again");
  SaveModel(again, *LoadModel(path_).model, {"0002", "0007"}, {{"seed", 1}});
  EXPECT_EQ(ReadFile(JoinPath(again, "weights.safetensors")), ReadFile(weights_));
  EXPECT_EQ(ReadFile(JoinPath(again, "model.json")), ReadFile(json_));
}

TEST_F(SavedModelTest, MissingFilesAreNamed) {
  EXPECT_THAT(MessageOf(ErrorCode::kMissing, [&] { LoadModel(folder_.path()); }),
              HasSubstr("model.json"));
}

TEST_F(SavedModelTest, WeightsOfAnotherArchitectureAreNamed) {
  ModelSpec other;
  other.backbone = "micro32";
  other.classes = 3;
  WriteSafetensors(weights_, Model::Make(other, 1)->State(), {});
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { LoadModel(path_); }),
              AllOf(HasSubstr("found weights of backbone micro32 with 3 classes"),
                    HasSubstr("expected weights of backbone micro16 with 2 classes")));
}

TEST_F(SavedModelTest, ReplacedWeightsAreNoticed) {
  WriteSafetensors(weights_, Model::Make(model_->spec(), 5)->State(), {});
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { LoadModel(path_); }), HasSubstr("hash"));
}

TEST_F(SavedModelTest, ClassTableMatchesTheHead) {
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { SaveModel(path_, *model_, {"one"}, {}); }),
              HasSubstr("1 entries"));
  EditJson([](Json& json) { json["classes"].push_back("x"); });
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { LoadModel(path_); }), HasSubstr("3 entries"));
}

TEST_F(SavedModelTest, DamagedDescriptionsAreRefused) {
  const auto refuse = [&](const std::function<void(Json&)>& edit) {
    const std::string good = ReadFile(json_);
    EditJson(edit);
    EXPECT_THROW(LoadModel(path_), Error) << ReadFile(json_);
    WriteFileAtomic(json_, good);
  };
  refuse([](Json& json) { json["format"] = "other"; });
  refuse([](Json& json) { json["revision"] = 2; });
  refuse([](Json& json) { json["spec"]["backbone"] = "micro"; });
  refuse([](Json& json) { json["spec"]["backbone"] = "micro16,ibn=a"; });
  refuse([](Json& json) { json["spec"]["height"] = -4; });
  refuse([](Json& json) { json["spec"]["height"] = 1000000; });
  refuse([](Json& json) { json["spec"]["classes"] = 2.5; });
  refuse([](Json& json) { json["spec"].erase("pooling"); });
  refuse([](Json& json) { json["feature_width"] = 64; });
  refuse([](Json& json) { json["weights_hash"] = "0"; });
  refuse([](Json& json) { json["classes"] = 2; });
  refuse([](Json& json) { json["unknown"] = 1; });
  refuse([](Json& json) { json = Json::array(); });
}

}  // namespace
}  // namespace bcr
