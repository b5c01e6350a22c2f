#include "harness/core/hash.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <cstdint>
#include <new>

#include "harness/core/files.h"

namespace bcr {

struct Hasher::State {
  XXH3_state_t* xxh = XXH3_createState();
  State() {
    if (xxh == nullptr) throw std::bad_alloc();
    XXH3_128bits_reset(xxh);
  }
  ~State() { XXH3_freeState(xxh); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Hasher::Hasher() : state_(std::make_unique<State>()) {}
Hasher::~Hasher() = default;

Hasher& Hasher::Add(const void* data, size_t size) {
  if (size > 0) XXH3_128bits_update(state_->xxh, data, size);
  return *this;
}

Hasher& Hasher::AddText(std::string_view text) {
  uint8_t length[8];
  for (int i = 0; i < 8; ++i) length[i] = static_cast<uint8_t>(uint64_t{text.size()} >> (8 * i));
  return Add(length, sizeof(length)).Add(text.data(), text.size());
}

std::string Hasher::Hex() const {
  const XXH128_hash_t digest = XXH3_128bits_digest(state_->xxh);
  return fmt::format("{:016x}{:016x}", digest.high64, digest.low64);
}

std::string HashOf(std::string_view bytes) {
  return Hasher().Add(bytes.data(), bytes.size()).Hex();
}

std::string HashOfFile(const std::string& path) {
  const MappedFile file(path);
  return Hasher().Add(file.data(), file.size()).Hex();
}

}  // namespace bcr
