// Cities made of parts of the two drawn by hand: chains of many data sets need more than two, each
// unlike the others in what a model can rely on.
#include <algorithm>

#include "datasets/pedsynth/domain.h"
#include "harness/core/error.h"

namespace bcr::pedsynth {
namespace {

// The places, cameras and pictures of one city with the people of another.
Domain PeopleOf(const Domain& people, const Domain& city) {
  Domain d = city;
  d.tops = people.tops, d.bottoms = people.bottoms, d.shoes = people.shoes, d.bags = people.bags;
  d.hair = people.hair, d.patterns = people.patterns;
  d.long_sleeves = people.long_sleeves, d.open_front = people.open_front, d.coat = people.coat;
  d.shorts = people.shorts, d.skirt = people.skirt, d.hat = people.hat;
  d.backpack = people.backpack, d.handbag = people.handbag;
  d.skin_value = people.skin_value;
  return d;
}

Palette Joined(Palette first, const Palette& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// Summer clothes in the winter city: dark streets, coarse steep cameras.
Domain MakeDomainC() {
  Domain d = PeopleOf(DomainA(), DomainB());
  d.name = "c";
  return d;
}

// Winter clothes in the seaside town: light squares, fair cameras.
Domain MakeDomainD() {
  Domain d = PeopleOf(DomainB(), DomainA());
  d.name = "d";
  return d;
}

// Clothes of both seasons under old cameras that hardly see colour, from higher up.
Domain MakeDomainE() {
  Domain d = PeopleOf(DomainA(), DomainB());
  const Domain& winter = DomainB();
  d.name = "e";
  d.tops = Joined(d.tops, winter.tops), d.bottoms = Joined(d.bottoms, winter.bottoms);
  d.shoes = Joined(d.shoes, winter.shoes), d.bags = Joined(d.bags, winter.bags);
  d.long_sleeves = 0.6, d.coat = 0.2, d.shorts = 0.15, d.skirt = 0.2;
  d.saturation = {0.0, 0.08};
  d.resolution = {0.5, 0.8};
  d.elevation = {15, 40};
  return d;
}

}  // namespace

const std::vector<const Domain*>& AllDomains() {
  static const std::vector<Domain> mixed = {MakeDomainC(), MakeDomainD(), MakeDomainE()};
  static const std::vector<const Domain*> domains = {&DomainA(), &DomainB(), &mixed[0],
                                                     &mixed[1],  &mixed[2],  &DomainF()};
  return domains;
}

const Domain& FindDomain(const std::string& name) {
  for (const Domain* domain : AllDomains()) {
    if (domain->name == name) return *domain;
  }
  throw Error(ErrorCode::kInternal, {"pedsynth", "domain `" + name + "`", "a to f", ""});
}

}  // namespace bcr::pedsynth
