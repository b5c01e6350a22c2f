#pragma once

#include <string>

namespace bcr::fuzz {

struct Target;

// What a reader did with one input.
struct Outcome {
  bool refused = false;   // by a bcr::Error
  std::string message;    // of the refusal
  std::string complaint;  // what is wrong with the answer; "" where nothing is
};

// Reads one input by the contract of fuzz.h.
Outcome ReadInput(const Target& target, const std::string& bytes);

}  // namespace bcr::fuzz
