#include "harness/plan/data_roles.h"

#include <nlohmann/json.hpp>
#include <numeric>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/data/joined_store.h"
#include "harness/data/resize.h"
#include "harness/plan/step.h"
#include "harness/store/key_lock.h"
#include "harness/train/subset_store.h"

namespace bcr {

DataRoles::DataRoles(const RunRequest& request, const PlugIns& plug_ins, ArtifactStore& store,
                     PackedSize size, bool list_only)
    : request_(request),
      plug_ins_(plug_ins),
      store_(store),
      size_(std::move(size)),
      list_only_(list_only) {}

DataRoles::~DataRoles() = default;

const Dataset& DataRoles::Data(const std::string& role) {
  std::unique_ptr<Dataset>& data = data_[role];
  if (!data) {
    const auto bound = request_.data.find(role);
    if (bound == request_.data.end()) {
      throw Error(ErrorCode::kUsage, {"data role " + role, "no data set",
                                      "a data reference for every role of the setting",
                                      "Bind one with --data " + role + "=REFERENCE."});
    }
    OpenContext context;
    context.generated_folder = JoinPath(store_.root(), "generated");
    context.quiet = request_.quiet;
    if (list_only_) {
      if (!scratch_) scratch_ = std::make_unique<TemporaryFolder>();
      context.scratch_folder = scratch_->path();
    } else {
      store_.Prepare();
      context.take = [this](const std::string& name) -> std::shared_ptr<void> {
        return store_.Take("generated", name);
      };
    }
    data = OpenDataset(plug_ins_.datasets, bound->second, context);
  }
  return *data;
}

DataRoles::Place DataRoles::PlaceOf(const std::string& role, Split split, PackedSize size) const {
  return {role, split, size == PackedSize() ? size_ : size};
}

const ImageStore& DataRoles::Images(const std::string& role, Split split, PackedSize size) {
  const Place place = PlaceOf(role, split, size);
  std::unique_ptr<ImageStore>& images = images_[place];
  if (!images) {
    const Dataset& data = Data(role);
    PackOptions options;
    options.height = std::get<PackedSize>(place).height;
    options.width = std::get<PackedSize>(place).width;
    options.resize = std::get<PackedSize>(place).resize;
    options.on_bad_image = request_.on_bad_image;
    options.threads = request_.threads;
    options.quiet = request_.quiet;
    options.read_all = distrusted_.contains(place);
    images = OpenImageStore(data, split, store_.Folder("images", ImagesKey(place)), options);
    distrusted_.erase(place);
  }
  return *images;
}

bool DataRoles::DropDamaged(const std::string& role, Split split, PackedSize size) {
  const Place place = PlaceOf(role, split, size);
  if (!store_.FindDamage("images", ImagesKey(place), true)) return false;
  views_.clear();
  images_.erase(place);
  distrusted_.insert(place);
  return true;
}

std::string DataRoles::ImagesKey(const Place& place) {
  return ArtifactStore::KeyOf(InputsOf(place));
}

Json DataRoles::InputsOf(const Place& place) {
  const auto& [role, split, size] = place;
  Json inputs = {{"data", Data(role).hash()},
                 {"split", SplitName(split)},
                 {"height", size.height},
                 {"width", size.width},
                 {"skip_bad", may_skip()}};
  // Images were packed before there was a choice.
  if (size.resize != kUsualResize) inputs["resize"] = size.resize;
  return inputs;
}

Json DataRoles::ImagesInputs(const std::string& role, Split split, PackedSize size) {
  return InputsOf(PlaceOf(role, split, size));
}

std::unique_ptr<ImageStore> DataRoles::Images(const ImageList& list) {
  std::vector<std::unique_ptr<ImageStore>> views;
  for (const ImageList::Part& part : list.parts) {
    const ImageStore& images = Images(part.role, part.split, part.size);
    std::vector<int64_t> rows;
    if (part.rows) {
      rows.assign(part.rows->begin(), part.rows->end());
    } else {
      rows.resize(images.size());
      std::iota(rows.begin(), rows.end(), int64_t{0});
    }
    views.push_back(NewSubsetStore(images, std::move(rows)));
  }
  if (views.size() == 1) return std::move(views.front());
  std::vector<const ImageStore*> joined;
  for (std::unique_ptr<ImageStore>& view : views) {
    joined.push_back(view.get());
    views_.push_back(std::move(view));
  }
  return NewJoinedStore(joined);
}

const std::vector<ImageRecord>& DataRoles::Kept(const std::string& role, Split split) {
  const bool as_listed = list_only_ || !may_skip();
  return as_listed ? Data(role).images(split) : Images(role, split).images();
}

std::vector<std::string> DataRoles::Bad(const std::string& role) const {
  std::vector<std::string> names;
  for (const auto& [place, images] : images_) {
    if (std::get<std::string>(place) != role || !images) continue;
    if (std::get<PackedSize>(place) != size_) continue;
    names.insert(names.end(), images->bad_images().begin(), images->bad_images().end());
  }
  return names;
}

}  // namespace bcr
