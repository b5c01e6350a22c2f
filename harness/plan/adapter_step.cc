#include "harness/adapt/adapter_choice.h"
#include "harness/plan/builder.h"

namespace bcr {

size_t PlanBuilder::Adapter(AdapterWork work, const std::string& title) {
  const AdapterChoice choice = ParseAdapter(plug_ins_.adapters, work.reference);
  RequireSide(*choice.info, work.maps_later ? AdapterSide::kQuery : AdapterSide::kGallery);
  Step made;
  made.title = title;
  made.folder = "adapters";
  made.inputs = {{"adapter", choice.info->name},
                 {"revision", choice.info->revision},
                 {"parameters", ParseJson(choice.parameters, work.reference)},
                 {"side", work.maps_later ? "query" : "gallery"},
                 {"from", step(work.from).key},
                 {"to", step(work.to).key}};
  made.needs = {work.from, work.to};
  if (work.held) {
    const auto [from, to] = *work.held;
    made.inputs["held"] = {step(from).key, step(to).key};
    made.needs.insert(made.needs.end(), {from, to});
  }
  made.work = std::move(work);
  const size_t place = Add(std::move(made));
  step(place).wanted = true;  // the record describes it
  return place;
}

}  // namespace bcr
