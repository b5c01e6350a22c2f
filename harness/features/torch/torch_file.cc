#include "harness/features/torch/torch_file.h"

#include <fmt/format.h>

#include "harness/features/torch/pickle_names.h"
#include "harness/features/torch/pickle_tree.h"
#include "harness/features/torch/state_dict.h"
#include "harness/features/torch/stored_zip.h"
#include "harness/features/torch/torch_refusal.h"

namespace bcr {
namespace {

using internal::PickledTensor;
using internal::StoredEntry;
using Entries = std::map<std::string, StoredEntry>;

constexpr std::string_view kZip = "PK\x03\x04";
// Protocol 2 and the magic number 0x1950a86a20f9469cfc6c: torch.save before PyTorch 1.6.
constexpr std::string_view kLegacy = "\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19.";
constexpr char kPickle[] = "data.pkl";

// Every entry lies in one folder, which torch.save names after the file.
std::string FolderOf(const Entries& entries, const std::string& where) {
  for (const auto& [name, entry] : entries) {
    const size_t slash = name.find('/');
    if (slash != std::string::npos && name.substr(slash + 1) == kPickle)
      return name.substr(0, slash + 1);
  }
  internal::RefuseForm(where, "an archive without " + std::string(kPickle),
                       "a file that torch.save wrote");
}

// A sound entry of the archive; throws where there is none.
std::string_view Find(const Entries& entries, const std::string& name, const std::string& where) {
  const auto found = entries.find(name);
  if (found == entries.end())
    internal::RefuseDamage(where, "no `" + internal::Shortened(name) + "`", "a whole file");
  internal::RequireSound(found->second, name, where);
  return found->second.bytes;
}

void RefuseScript(const Entries& entries, const std::string& folder, const std::string& where) {
  if (!entries.contains(folder + "constants.pkl")) return;
  internal::RefuseForm(where, "a TorchScript model, which is code and weights", "weights alone");
}

void RequireLittleEndian(const Entries& entries, const std::string& folder,
                         const std::string& where) {
  const std::string name = folder + "byteorder";  // absent before PyTorch 2.1
  if (!entries.contains(name)) return;
  const std::string_view order = Find(entries, name, where);
  if (order != "little")
    internal::RefuseForm(where, "tensors of byte order " + internal::Shortened(order), "little");
}

class Storages {
 public:
  Storages(const Entries& entries, std::string folder, uint64_t most, const std::string& where)
      : entries_(entries), folder_(std::move(folder)), most_(most), where_(where) {}

  std::string_view Of(const PickledTensor& tensor) {
    const std::string name = folder_ + "data/" + tensor.storage;
    const auto [found, fresh] = known_.try_emplace(name);
    if (fresh) {
      found->second = Find(entries_, name, where_);
      sum_ += found->second.size();
      if (sum_ > most_)
        internal::RefuseDamage(where_, "storages that overlap", "each byte of the file once");
    }
    const uint64_t bytes = tensor.elements * internal::BytesOfDtype(tensor.dtype);
    if (bytes != found->second.size())
      internal::RefuseDamage(
          where_, fmt::format("{} bytes in `{}`", found->second.size(), name),
          fmt::format("{}, {} elements of {}", bytes, tensor.elements, tensor.dtype));
    return found->second;
  }

 private:
  const Entries& entries_;
  const std::string folder_;
  const uint64_t most_;
  const std::string& where_;
  std::map<std::string, std::string_view> known_;
  uint64_t sum_ = 0;
};

}  // namespace

bool LooksLikeTorchFile(std::string_view file) {
  return file.starts_with(kZip) || file.starts_with(kLegacy);
}

TorchFile ParseTorchFile(std::string_view file, const std::string& where) {
  if (file.starts_with(kLegacy)) internal::RefuseLegacy(where);
  if (!file.starts_with(kZip))
    internal::RefuseForm(where, "no zip container", "a file that torch.save wrote");
  const Entries entries = internal::ReadStoredZip(file, where);
  const std::string folder = FolderOf(entries, where);
  RefuseScript(entries, folder, where);
  RequireLittleEndian(entries, folder, where);
  const internal::PickleTree tree =
      internal::ReadPickle(Find(entries, folder + kPickle, where), where);
  const internal::StateDict state = internal::FindStateDict(tree, where);
  Storages storages(entries, folder, file.size(), where);
  TorchFile result{state.keys, {}};
  for (const auto& [name, tensor] : state.tensors)
    result.tensors.emplace(name, TorchTensor{tensor->dtype, storages.Of(*tensor), tensor->offset,
                                             tensor->shape, tensor->strides});
  return result;
}

}  // namespace bcr
