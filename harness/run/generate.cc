#include "harness/run/generate.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/progress.h"
#include "harness/core/provenance.h"
#include "harness/core/random.h"
#include "harness/data/contact_sheet.h"
#include "harness/data/decode.h"
#include "harness/data/png.h"
#include "harness/nn/device.h"
#include "harness/nn/foreign_model.h"
#include "harness/nn/precision.h"
#include "harness/nn/threads.h"
#include "harness/plan/data_roles.h"
#include "harness/plan/recipe_book.h"
#include "harness/run/embedding.h"
#include "harness/run/generated_quality.h"
#include "harness/run/packing.h"

namespace bcr {

namespace {

constexpr char kKind[] = "added-images";

class Generation {
 public:
  Generation(const GenerateRequest& request, const PlugIns& plug_ins)
      : request_(request),
        book_(plug_ins),
        device_(ResolveDevice(request.device)),
        profile_(ResolveProtocol("in-domain-data", request.profile, request.overrides,
                                 DefaultsOf(plug_ins.train))
                     .profile),
        use_(BindAugmenter(book_, request.augmenter, profile_)),
        info_(FindAugmenter(plug_ins.train.augmenters, request.augmenter)),
        augmenter_(std::move(
            MakeAugmenters(plug_ins.train.augmenters, {use_}, "bcreid generate").front())),
        packing_(PackingOf(request)),
        store_(request.store_folder),
        roles_(packing_, plug_ins, store_, {profile_.height, profile_.width, profile_.resize},
               /*list_only=*/false) {
    if (augmenter_->adds_images()) return;
    throw Error(ErrorCode::kConfig,
                {"augmenter " + info_.name, "it adds no images to a batch", "one that does",
                 "bcreid list augmenters says what each does; `per_batch` 0 adds none."});
  }

  Generated Run() {
    if (!request_.model.empty()) OpenJudge();
    const ImageStore& real = roles_.Images(kOneRole, Split::kTrain);
    const AugmentedList list{
        &real, std::vector<int64_t>(real.size(), -1),
        DeriveSeed(DeriveSeed(static_cast<uint64_t>(request_.seed), "shared images"), info_.name)};
    made_.artefact = Make(list);
    const AddedImages added = augmenter_->OpenImages(list, made_.artefact);
    made_.images = added.images->size();
    WritePictures(*added.images);
    if (judge_.extractor) Judge(real, *added.images);
    return made_;
  }

 private:
  void OpenJudge() {
    OpenModelOptions options;
    options.trust = request_.trust;
    options.device = device_;
    judge_ = OpenModel(ParseModelReference(request_.model), options);
    for (const std::string& note : judge_.notes) Say("note: " + note, request_.quiet);
    const Extractor& judge = *judge_.extractor;
    if (judge.height() == profile_.height && judge.width() == profile_.width) return;
    throw Error(ErrorCode::kConfig,
                {request_.model,
                 fmt::format("a model for images of {} x {}", judge.height(), judge.width()),
                 fmt::format("one for {} x {}, the size at which profile {} generates",
                             profile_.height, profile_.width, profile_.name),
                 fmt::format("Generate at the model's size: --set input.height={} --set "
                             "input.width={}",
                             judge.height(), judge.width())});
  }

  std::string Make(const AugmentedList& list) {
    const Json inputs = {{"augmenter", info_.name},
                         {"revision", info_.revision},
                         {"parameters", ParseJson(use_.parameters, info_.name)},
                         {"list",
                          {{"data", roles_.Data(kOneRole).hash()},
                           {"split", SplitName(Split::kTrain)},
                           {"decoder", DecoderRevision()},
                           {"height", profile_.height},
                           {"width", profile_.width},
                           {"resize", profile_.resize}}},
                         {"seed", list.seed}};
    const std::string key = ArtifactStore::KeyOf(inputs);
    const std::string work_folder = store_.WorkFolder(kKind, key);
    store_.Make(kKind, inputs, [&](const std::string& folder) {
      augmenter_->MakeImages(list, {folder, work_folder, device_, info_.name, request_.quiet});
    });
    return store_.Folder(kKind, key);
  }

  void Write(const std::string& name, const std::string& bytes) {
    made_.files.push_back(JoinPath(request_.out_folder, name));
    WriteFileAtomic(made_.files.back(), bytes);
  }

  void WritePictures(const ImageStore& images) {
    for (size_t row = 0; row < images.size(); ++row) {
      WriteFileAtomic(JoinPath(request_.out_folder, "images/" + images.images()[row].name + ".png"),
                      EncodePng(images.pixels(row), images.height(), images.width()));
    }
    Write("sheet.png", SheetOfFirst(images));
  }

  FloatMatrix FeaturesOf(const ImageStore& images, const std::string& title) {
    EmbedOptions options;
    options.batch_size = request_.batch_size;
    options.workers = LoaderWorkers(TorchThreads());
    options.quiet = request_.quiet;
    options.title = title;
    return Embed(*judge_.extractor, images, options);
  }

  void Judge(const ImageStore& real, const ImageStore& images) {
    const GeneratedQuality quality = JudgeGenerated(
        real, FeaturesOf(real, "features of real images"), images,
        FeaturesOf(images, "features of generated images"), static_cast<uint64_t>(request_.seed));
    made_.figures = quality.figures;
    Write("neighbours.png", quality.sheet);
    Write(
        "figures.json",
        DumpJson({{"figures", quality.figures},
                  {"model",
                   {{"reference", request_.model}, {"hash", judge_.hash}, {"facts", judge_.facts}}},
                  {"data", roles_.Data(kOneRole).ref().Text()},
                  {"augmenter", info_.name},
                  {"parameters", ParseJson(use_.parameters, info_.name)},
                  {"seed", request_.seed},
                  {"device", device_},
                  {"threads", TorchThreads()},
                  {"libtorch", TorchVersion()},
                  {"build", BuildJson()},
                  {"command_line", request_.command_line},
                  {"created", UtcNow()}}));
  }

  const GenerateRequest& request_;
  const RecipeBook book_;
  const std::string device_;
  const Profile profile_;
  const AugmenterUse use_;
  const AugmenterInfo& info_;
  const std::unique_ptr<Augmenter> augmenter_;
  const RunRequest packing_;
  ArtifactStore store_;
  DataRoles roles_;
  OpenedModel judge_;
  Generated made_;
};

}  // namespace

Generated GenerateImages(const GenerateRequest& request, const PlugIns& plug_ins) {
  SetDeterministicNumerics();
  SetTorchThreads(request.threads > 0 ? request.threads : DefaultThreads());
  return Generation(request, plug_ins).Run();
}

}  // namespace bcr
