#pragma once

#include <span>
#include <vector>

namespace bcr {

// One-to-one verification: a pair is accepted where its distance is at most a threshold.
struct AcceptRates {
  double tar = 0;  // share of genuine pairs (one person) accepted
  double far = 0;  // share of impostor pairs (two people) accepted
};

class Verification {
 public:
  // Distances of genuine and of impostor pairs, in any order. Throws kData where either is empty or
  // a distance is not finite.
  Verification(std::span<const float> genuine, std::span<const float> impostor);

  AcceptRates At(float threshold) const;
  // The largest TAR of any threshold whose FAR is at most `far`, in [0, 1].
  double TarAtFar(double far) const;

 private:
  std::vector<float> genuine_, impostor_;  // ascending
};

}  // namespace bcr
