// Whole runs on a store whose files change between them: what is told, made anew and recorded.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/app/plug_ins.h"
#include "harness/core/files.h"
#include "harness/run/runner.h"
#include "reports/record_io.h"

namespace bcr {
namespace {

namespace fs = std::filesystem;

RunRequest Request(const std::string& root) {
  RunRequest request;
  request.data["target"] =
      ParseDataRef("pedsynth-a,identities=12,test-identities=6,images=4,distractors=2,junk=0");
  request.profile = "smoke";
  request.settings = {"in-domain-data"};
  request.methods = {"l2"};
  request.device = "cpu";
  request.store_folder = JoinPath(root, "store");
  request.out_folder = JoinPath(root, "out");
  request.threads = 1;
  request.quiet = true;
  return request;
}

// The record of a run, and what was said meanwhile.
RunRecord RunRow(const RunRequest& request, std::string& said) {
  ::testing::internal::CaptureStderr();
  const RunOutcome outcome = RunAll(request, AllPlugIns());
  said = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(outcome.record_files.size(), 1U);
  return ReadRecord(outcome.record_files.front());
}

std::string Compared(const RunRecord& record) { return DumpJson(ComparableJson(record)); }

void FlipABit(const std::string& file) {
  std::string bytes = ReadFile(file);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  WriteFileAtomic(file, std::string_view(bytes));
}

void FlipInEach(const RunRequest& request, const std::string& kind, const std::string& file) {
  for (const auto& entry : fs::directory_iterator(JoinPath(request.store_folder, kind)))
    FlipABit((entry.path() / file).string());
}

TEST(Integrity, DamagedArtefactsOfEveryKindAreToldAndMadeAnew) {
  const TemporaryFolder root;
  const RunRequest request = Request(root.path());
  std::string said;
  const std::string sound = Compared(RunRow(request, said));
  const std::pair<const char*, const char*> files[] = {
      {"cells", "cell.json"}, {"models", "weights.safetensors"}, {"images", "images.json"}};
  for (const auto& [kind, file] : files) {
    FlipInEach(request, kind, file);
    EXPECT_EQ(Compared(RunRow(request, said)), sound) << file;
    EXPECT_NE(said.find(std::string(file) + " has changed"), std::string::npos) << said;
    EXPECT_EQ(Compared(RunRow(request, said)), sound) << file;
    EXPECT_EQ(said.find("damaged"), std::string::npos) << said;
  }
}

// Features ask for the pixels in the middle of a step, and a stored cell does not ask for features.
TEST(Integrity, DamagedPixelsAreFoundWhenTheyAreRead) {
  const TemporaryFolder root;
  const RunRequest request = Request(root.path());
  std::string said;
  const std::string sound = Compared(RunRow(request, said));
  FlipInEach(request, "images", "images.bin");
  EXPECT_EQ(Compared(RunRow(request, said)), sound);
  EXPECT_EQ(said, "") << "nobody looked at a picture";
  for (const char* kind : {"features", "cells"})
    fs::remove_all(JoinPath(request.store_folder, kind));
  EXPECT_EQ(Compared(RunRow(request, said)), sound);
  EXPECT_NE(said.find("images.bin has changed"), std::string::npos) << said;
}

// The thread count decides the last bits of what is trained: a model that is made anew may come out
// otherwise, and takes its features and cells along.
TEST(Integrity, WhatWasMadeOfADamagedModelFollowsItsNewContent) {
  const TemporaryFolder root;
  RunRequest request = Request(root.path());
  std::string said;
  const RunRecord first = RunRow(request, said);
  FlipInEach(request, "models", "weights.safetensors");
  request.threads = 2;
  const RunRecord mended = RunRow(request, said);
  EXPECT_EQ(mended.status, "ok") << mended.error;
  if (first.models[0].weights_hash != mended.models[0].weights_hash) {
    EXPECT_NE(said.find("outdated: "), std::string::npos) << said;
  }
  for (const char* kind : {"features", "train-features", "cells"})
    fs::remove_all(JoinPath(request.store_folder, kind));
  EXPECT_EQ(Compared(RunRow(request, said)), Compared(mended)) << "nothing old was left";
}

}  // namespace
}  // namespace bcr
