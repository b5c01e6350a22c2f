#include "harness/plan/builder.h"

namespace bcr {

size_t PlanBuilder::Images(const std::string& role, Split split) {
  Step step;
  step.work = ImagesWork{role, split};
  step.title = std::string(SplitName(split)) + " images of " + role;
  step.folder = "images";
  step.inputs = data_.ImagesInputs(role, split);
  step.wanted = true;  // opened by every run: replaced and unreadable pictures are found first
  return Add(std::move(step));
}

void PlanBuilder::NeedImages(const ImageList& images, Step& step) {
  for (const ImageList::Part& part : images.parts)
    step.needs.push_back(Images(part.role, part.split));
}

}  // namespace bcr
