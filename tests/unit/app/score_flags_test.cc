#include "harness/app/score_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;

std::string Refusal(const ScoreFlags& flags) {
  return test::MessageOf([&] { RequestOf(flags); });
}

TEST(ScoreFlags, ThreeWaysOfNamingModels) {
  ScoreFlags one;
  one.query = {"q"};
  one.gallery = {"g0", "g1"};
  EXPECT_EQ(RequestOf(one).models.at(0).gallery.size(), 2U);

  ScoreFlags upgrade;
  upgrade.old_query = {"oq"};
  upgrade.old_gallery = {"og"};
  upgrade.new_query = {"nq"};
  const ScoreRequest request = RequestOf(upgrade);
  ASSERT_EQ(request.models.size(), 2U);
  EXPECT_EQ(request.models[1].key, "new");
  EXPECT_TRUE(request.models[1].gallery.empty()) << "the new gallery may come later";
  EXPECT_FALSE(request.chain);

  ScoreFlags chain;
  chain.models = {"v1=q1,g1", "v2=q2,g2a,g2b"};
  EXPECT_TRUE(RequestOf(chain).chain);
  EXPECT_EQ(RequestOf(chain).models[1].gallery, (std::vector<std::string>{"g2a", "g2b"}));
}

TEST(ScoreFlags, HalvesAndMixturesAreRefused) {
  ScoreFlags flags;
  EXPECT_THAT(Refusal(flags), HasSubstr("no feature sets"));
  flags.query = {"q"};
  EXPECT_THAT(Refusal(flags), HasSubstr("--query without --gallery"));
  flags.gallery = {"g"};
  flags.old_query = {"oq"};
  EXPECT_THAT(Refusal(flags), HasSubstr("several ways"));
  flags = {};
  flags.new_query = {"nq"};
  EXPECT_THAT(Refusal(flags), HasSubstr("without an old one"));
  flags.old_query = {"oq"};
  EXPECT_THAT(Refusal(flags), HasSubstr("--old-query without --old-gallery"));
  flags.old_gallery = {"og"};
  flags.paragon_query = {"pq"};
  EXPECT_THAT(Refusal(flags), HasSubstr("--paragon-query without --paragon-gallery"));
}

TEST(SectionFlags, AreReadAndChecked) {
  SectionFlags flags;
  SectionsAsked asked;
  AskFor(flags, asked);
  EXPECT_FALSE(asked.NeedsRows()) << "nothing is asked for by itself";
  flags.episodes = {"5x1", "20x5"};
  flags.episode_queries = 3;
  flags.candidates = {"1", "2.5"};
  AskFor(flags, asked);
  ASSERT_EQ(asked.episodes.size(), 2U);
  EXPECT_EQ(asked.episodes[1].way, 20);
  EXPECT_EQ(asked.episodes[1].shot, 5);
  EXPECT_EQ(asked.episodes[1].queries, 3);
  EXPECT_EQ(asked.episode_count, 10000);
  EXPECT_THAT(asked.candidates, ::testing::ElementsAre(1, 2.5));
  EXPECT_TRUE(asked.NeedsRows());
  const auto refusal = [](std::vector<std::string> episodes, std::vector<std::string> candidates) {
    return test::MessageOf([&] {
      SectionsAsked unused;
      AskFor({.episodes = std::move(episodes), .candidates = std::move(candidates)}, unused);
    });
  };
  for (const char* kind :
       {"5", "1x1", "5x0", "5x1x1", "x", "5 x1", "10001x1", "5x1001", "2147483648x1"})
    EXPECT_THAT(refusal({kind}, {}), HasSubstr("WAYxSHOT")) << kind;
  EXPECT_THAT(refusal({"5x1", "5x1"}, {}), HasSubstr("5x1 twice"));
  EXPECT_THAT(refusal({"5000x1"}, {}), HasSubstr("a smaller --episode-count"));
  for (const char* size : {"", "0", "-1", "nan", "inf", "1e999", "5x"})
    EXPECT_THAT(refusal({}, {size}), HasSubstr("above 0")) << size;
  EXPECT_THAT(refusal({}, {"5", "5.0"}), HasSubstr("5.0 twice"));
}

TEST(ScoreFlags, WordsAreChecked) {
  ScoreFlags flags;
  flags.query = {"q"};
  flags.gallery = {"g"};
  flags.search = "annoy:10";
  EXPECT_THAT(Refusal(flags), HasSubstr("faiss:INDEX"));
  flags.search = "faiss:IVF256,Flat";
  EXPECT_EQ(RequestOf(flags).asked.search, "IVF256,Flat");
  flags.device = "gpu";
  EXPECT_THAT(Refusal(flags), HasSubstr("--device"));
  flags.device = "auto";
  flags.ties = "random";
  EXPECT_THROW(RequestOf(flags), Error);
  for (const char* bad : {"v1", "v1=", "v1=q", "=q,g", "v/1=q,g", "v1=q,,g"}) {
    ScoreFlags chain;
    chain.models = {bad};
    EXPECT_THROW(RequestOf(chain), Error) << bad;
  }
  ScoreFlags twice;
  twice.models = {"v1=q,g", "v1=q,g"};
  EXPECT_THAT(Refusal(twice), HasSubstr("`v1` twice"));
}

TEST(ScoreFlags, Rerank) {
  ScoreFlags flags;
  flags.query = {"q"};
  flags.gallery = {"g"};
  EXPECT_FALSE(RequestOf(flags).options.rerank);
  flags.rerank = "25,7,0.4";
  const ScoreRequest request = RequestOf(flags);
  ASSERT_TRUE(request.options.rerank);
  EXPECT_EQ(RerankText(*request.options.rerank), "k-reciprocal, k1 25, k2 7, lambda 0.4, original");
  flags.rerank = "25,7,0.4,fastreid";
  EXPECT_EQ(RequestOf(flags).options.rerank->flavour, RerankFlavour::kFastReid);
  for (const char* bad :
       {"25", "25,7", "25;7;0.4", "25,7,0.4,", "25,7,0.4x", "25,7,0.4 fastreid"}) {
    flags.rerank = bad;
    EXPECT_THAT(Refusal(flags), HasSubstr("K1,K2,LAMBDA")) << bad;
  }
  flags.rerank = "0,7,0.4";
  EXPECT_THAT(Refusal(flags), HasSubstr("k1"));
  flags.rerank = "25,7,0.4,fastried";
  EXPECT_THAT(Refusal(flags), HasSubstr("did you mean `fastreid`"));
  flags.rerank = "25,7,0.4";
  flags.request.asked.backfill = true;
  EXPECT_THAT(Refusal(flags), HasSubstr("--backfill"));
}

}  // namespace
}  // namespace bcr
