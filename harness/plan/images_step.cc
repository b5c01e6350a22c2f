#include <fmt/format.h>

#include "harness/plan/builder.h"

namespace bcr {

size_t PlanBuilder::Images(const std::string& role, Split split, PackedSize size) {
  Step step;
  step.work = ImagesWork{role, split, size};
  step.title = std::string(SplitName(split)) + " images of " + role;
  if (size != PackedSize()) step.title += fmt::format(" at {}x{}", size.height, size.width);
  if (size.resize != PackedSize().resize) step.title += " by " + size.resize;
  step.folder = "images";
  step.inputs = data_.ImagesInputs(role, split, size);
  step.wanted = true;  // opened by every run: replaced and unreadable pictures are found first
  return Add(std::move(step));
}

void PlanBuilder::NeedImages(const ImageList& images, Step& step) {
  for (const ImageList::Part& part : images.parts)
    step.needs.push_back(Images(part.role, part.split, part.size));
}

}  // namespace bcr
