#include "tests/fuzz/one_input.h"

#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "harness/core/error.h"
#include "tests/fuzz/fuzz.h"

namespace bcr::fuzz {
namespace {

struct Broken : std::logic_error {
  using std::logic_error::logic_error;
};

}  // namespace

Outcome ReadInput(const Target& target, const std::string& bytes) {
  Outcome outcome;
  try {
    target.read(bytes);
  } catch (const Error& error) {
    outcome.refused = true;
    outcome.message = error.what();
    if (error.code() == ErrorCode::kInternal) {
      outcome.complaint = "an internal error: " + outcome.message;
    } else if (error.text().where.empty() || error.text().found.empty()) {
      outcome.complaint = "a poor message: " + outcome.message;
    }
  } catch (const std::exception& other) {
    outcome.complaint = other.what();
  }
  return outcome;
}

void Require(bool holds, std::string_view rule) {
  if (!holds) throw Broken("accepted, but not so: " + std::string(rule));
}

void Put(const std::string& path, std::string_view bytes) {
  // A file that is cut and written anew is flushed when closed (ext4); a new one is not.
  ::unlink(path.c_str());
  std::ofstream stream(path, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!stream.flush()) throw Broken("the test could not write " + path);
}

}  // namespace bcr::fuzz
