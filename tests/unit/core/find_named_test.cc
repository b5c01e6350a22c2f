#include "harness/core/find_named.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

struct Item {
  std::string name;
  int value;
};

TEST(FindNamed, FindsByNameOrSuggests) {
  const std::vector<Item> table = {{"market1501", 1}, {"msmt17", 2}};
  const auto find = [&](const std::string& name) -> const Item& {
    return FindNamed(table, name, [](const Item& item) { return item.name; },
                     {ErrorCode::kConfig, "data", "`" + name + "`", "a data set"});
  };
  EXPECT_EQ(&find("msmt17"), &table[1]) << "the item itself, not a copy";
  const Error error = test::CatchError([&] { find("msmt71"); });
  EXPECT_EQ(error.code(), ErrorCode::kConfig);
  EXPECT_EQ(error.text().where, "data");
  EXPECT_EQ(error.text().found, "`msmt71`");
  EXPECT_EQ(error.text().hint, "did you mean `msmt17`?");
  EXPECT_THAT(test::MessageOf([&] { find("qqqq"); }),
              ::testing::HasSubstr("known: market1501, msmt17"));
}

TEST(FindNamed, TakesTablesOfPointersAndEmptyOnes) {
  const Item item{"a", 1};
  const std::vector<const Item*> table = {&item};
  const auto name_of = [](const Item* entry) { return entry->name; };
  EXPECT_EQ(FindNamed(table, "a", name_of, {})->value, 1);
  EXPECT_THROW(FindNamed(std::vector<const Item*>(), "a", name_of, {}), Error);
}

}  // namespace
}  // namespace bcr
