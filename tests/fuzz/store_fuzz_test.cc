// What a store holds: DONE, STORE.json and lists of packed images. Their hashes refuse nearly every
// mutant, so each is read as it is and with its hash made right.
#include <gtest/gtest.h>

#include "harness/core/manifest_text.h"
#include "harness/data/pack_list.h"
#include "harness/store/store_file.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/seals.h"

namespace bcr::fuzz {
namespace {

size_t BlocksOf(uint64_t bytes) {
  const uint64_t whole = bytes / kManifestBlock, rest = bytes % kManifestBlock;
  return bytes == 0 ? 1 : whole + (rest == 0 ? 0 : 1);
}

// What any accepted manifest has to be.
void CheckManifest(const Manifest& manifest, const std::string& text) {
  for (size_t i = 0; i < manifest.files.size(); ++i) {
    const Manifest::File& file = manifest.files[i];
    Require(i == 0 || manifest.files[i - 1].name < file.name, "files sorted by name");
    Require(file.blocks.size() == BlocksOf(file.bytes), "a hash for every block");
    Require(manifest.Find(file.name) == &file, "a file is found by its name");
  }
  Manifest copy = manifest;
  Require(ManifestText(copy) == text, "writes what it has read");
  Require(copy.hash == manifest.hash && copy.Content() == manifest.Content(), "the same hashes");
}

TEST(Fuzz, Manifests) {
  RunTarget({.name = "manifest",
             .share = 0.05,
             .words = {"\"files\"", "\"format\"", "\"hash\"", "\"made_of\"", "\"of\"", "4194304",
                       "4194305", "[\"a\",1,\"b\"],", "[]", "{}", "-1", "1.0", "true", "null"},
             .read = [](const std::string& text) {
               if (const auto manifest = ParseManifest(text)) CheckManifest(*manifest, text);
               const std::string sealed = Resealed(text, "hash");
               const auto manifest = ParseManifest(sealed);
               if (!manifest) Refuse();
               CheckManifest(*manifest, sealed);
             }});
}

TEST(Fuzz, StoreFiles) {
  const std::string ours = StoreText();
  RunTarget({.name = "store-file",
             .share = 0.05,
             .words = {"\"bcreid_store_revision\"", "\"hash\"", "1", "2", "1.0", "null", "{}"},
             .read = [&](const std::string& text) {
               Require(IsStoreText(ours, "ours"), "it takes what it writes");
               const bool whole = IsStoreText(text, "x.json");
               const Json json = ParseJson(text, "x.json");
               const Json revision =
                   json.is_object() ? json.value("bcreid_store_revision", Json()) : Json();
               Require(!whole || revision == 1, "a store of this version");
               Require(!whole || json.size() == 1 || json.contains("hash"), "a hash, or none else");
               if (!IsStoreText(Resealed(text, "hash"), "sealed.json")) Refuse();
               Require(revision == 1, "a store of this version behind a right hash");
             }});
}

TEST(Fuzz, PackLists) {
  RunTarget({.name = "pack-list",
             .share = 0.05,
             .words = {"\"key\"", "\"stamp\"", "\"images\"", "\"bad\"", "\"content\"",
                       "[\"a\",\"1\",\"c1\"],", "[\"a\",\"why\"],", "[]", "{}", "null", "1"},
             .read = [](const std::string& text) {
               const auto list = ParsePackList(text);
               if (!list) Refuse();
               const std::string written = PackListText(*list);
               const auto again = ParsePackList(written);
               Require(again.has_value() && again->key == list->key && again->stamp == list->stamp,
                       "reads back what it writes");
               Require(again->index.images.size() == list->index.images.size() &&
                           PackListText(*again) == written,
                       "the same images in the same order");
             }});
}

}  // namespace
}  // namespace bcr::fuzz
