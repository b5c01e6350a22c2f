#include "harness/core/names.h"

#include <gmock/gmock.h>

namespace bcr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(DistinctNames, BlanksGoAndRepetitionsAreNamedOnce) {
  std::vector<std::string> repeated;
  EXPECT_THAT(DistinctNames({"b", " a ", "b", "", "my file", "a", "b", " \t"}, repeated),
              ElementsAre("b", "a", "my file"));
  EXPECT_THAT(repeated, ElementsAre("b", "a"));
}

TEST(DistinctNames, NothingToDo) {
  std::vector<std::string> repeated;
  EXPECT_THAT(DistinctNames({}, repeated), IsEmpty());
  EXPECT_THAT(DistinctNames({"a", "b"}, repeated), ElementsAre("a", "b"));
  EXPECT_THAT(repeated, IsEmpty());
}

}  // namespace
}  // namespace bcr
