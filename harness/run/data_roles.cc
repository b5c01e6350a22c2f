#include "harness/run/data_roles.h"

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {

DataRoles::DataRoles(const RunRequest& request, const PlugIns& plug_ins, const ArtifactStore& store,
                     int height, int width, bool list_only)
    : request_(request),
      plug_ins_(plug_ins),
      store_(store),
      height_(height),
      width_(width),
      list_only_(list_only) {}

DataRoles::~DataRoles() = default;

const Dataset& DataRoles::Data(const std::string& role) {
  std::unique_ptr<Dataset>& data = data_[role];
  if (!data) {
    BCR_CHECK(role == "target" || role == "source", "unknown data role " + role);
    OpenContext context;
    context.generated_folder = JoinPath(store_.root(), "generated");
    context.quiet = request_.quiet;
    if (list_only_) {
      if (!scratch_) scratch_ = std::make_unique<TemporaryFolder>();
      context.scratch_folder = scratch_->path();
    } else {
      store_.Prepare();
    }
    data = OpenDataset(plug_ins_.datasets, role == "target" ? request_.target : request_.source,
                       context);
  }
  return *data;
}

const ImageStore& DataRoles::Images(const std::string& role, Split split) {
  std::unique_ptr<ImageStore>& images = images_[{role, split}];
  if (!images) {
    const Dataset& data = Data(role);
    PackOptions options;
    options.height = height_;
    options.width = width_;
    options.on_bad_image = request_.on_bad_image;
    options.threads = request_.threads;
    options.quiet = request_.quiet;
    const Json inputs = {{"data", data.hash()},
                         {"split", SplitName(split)},
                         {"height", height_},
                         {"width", width_},
                         {"skip_bad", request_.on_bad_image == OnBadImage::kSkip}};
    images =
        OpenImageStore(data, split, store_.Folder("images", ArtifactStore::KeyOf(inputs)), options);
  }
  return *images;
}

const std::vector<ImageRecord>& DataRoles::Kept(const std::string& role, Split split) {
  return list_only_ ? Data(role).images(split) : Images(role, split).images();
}

std::vector<std::string> DataRoles::Bad(const std::string& role) const {
  std::vector<std::string> names;
  for (const auto& [key, images] : images_) {
    if (key.first == role && images)
      names.insert(names.end(), images->bad_images().begin(), images->bad_images().end());
  }
  return names;
}

}  // namespace bcr
