// The same targets, driven by libFuzzer, which follows what the code covers: scripts/fuzz builds and
// runs them with clang. One target a process (--gtest_filter): libFuzzer ends the process itself.
//
// Environment: BCR_FUZZ_SECONDS (60), BCR_FUZZ_INPUTS (-1: as many as there is time for), BCR_FUZZ_CORPUS: a folder whose folder of the target's name
// keeps the inputs that reached something new.
#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "harness/core/files.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/one_input.h"

extern "C" int LLVMFuzzerRunDriver(int* argc, char*** argv,
                                   int (*read)(const uint8_t* bytes, size_t size));

namespace bcr::fuzz {
namespace {

const Target* g_target = nullptr;

int ReadOne(const uint8_t* bytes, size_t size) {
  const Outcome outcome =
      ReadInput(*g_target, std::string(reinterpret_cast<const char*>(bytes), size));
  if (outcome.complaint.empty()) return 0;
  std::fprintf(stderr, "%s: %s\n", g_target->name.c_str(), outcome.complaint.c_str());
  std::abort();  // libFuzzer stores the input
}

std::string Variable(const char* name, const std::string& usual) {
  const char* const text = std::getenv(name);
  return text == nullptr ? usual : text;
}

// The words of a target in libFuzzer's form of a dictionary.
std::string WriteDictionary(const Target& target, const std::string& folder) {
  const std::string path = JoinPath(folder, target.name + ".dict");
  std::ofstream file(path);
  for (const std::string& word : target.words) {
    file << '"';
    for (const char c : word) file << fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    file << "\"\n";
  }
  return path;
}

}  // namespace

void RunTarget(const Target& target) {
  g_target = &target;
  const std::string root = Variable("BCR_FUZZ_CORPUS", "fuzz-corpus");
  const std::string kept = JoinPath(root, target.name);
  MakeFolders(kept);
  for (size_t i = 0; i < target.seeds.size(); ++i)
    Put(JoinPath(kept, fmt::format("seed-{}", i)), target.seeds[i]);
  std::vector<std::string> words = {"fuzzer",
                                    "-max_total_time=" + Variable("BCR_FUZZ_SECONDS", "60"),
                                    "-runs=" + Variable("BCR_FUZZ_INPUTS", "-1"),
                                    "-max_len=65536",
                                    "-timeout=10",
                                    "-rss_limit_mb=2048",
                                    "-print_final_stats=1",
                                    "-verbosity=0",
                                    "-artifact_prefix=" + kept + "-",
                                    "-dict=" + WriteDictionary(target, root),
                                    kept};
  const std::string corpus = JoinPath(BCR_TEST_SOURCE_DIR "/fuzz/corpus", target.name);
  if (FolderExists(corpus)) words.push_back(corpus);
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  int count = static_cast<int>(pointers.size());
  char** arguments = pointers.data();
  LLVMFuzzerRunDriver(&count, &arguments, ReadOne);
}

}  // namespace bcr::fuzz
