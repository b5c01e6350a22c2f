#include "harness/core/labels.h"

#include <gtest/gtest.h>

namespace bcr {
namespace {

TEST(CanonicalNumber, HasOneFormForEverySpelling) {
  for (const char* text : {"1", "01", "0001", "+1", "1.", "1.0", "1.000", "1e0", "10e-1", "0.1E1"})
    EXPECT_EQ(CanonicalNumber(text), "1") << text;
  for (const char* text : {"0", "-0", "0000", ".0", "0.", "-0.00", "0e7"})
    EXPECT_EQ(CanonicalNumber(text), "0") << text;
  EXPECT_EQ(CanonicalNumber("-1.0"), "-1");
  EXPECT_EQ(CanonicalNumber("-01"), "-1");
  EXPECT_EQ(CanonicalNumber("1.50"), "1.5");
  EXPECT_EQ(CanonicalNumber("1e3"), "1000");
  EXPECT_EQ(CanonicalNumber("2.5e-2"), "0.025");
}

// Beyond what a double can hold: such identities are different ones.
TEST(CanonicalNumber, LongNumbersKeepEveryDigit) {
  EXPECT_EQ(CanonicalNumber("12345678901234567890"), "12345678901234567890");
  EXPECT_NE(CanonicalNumber("12345678901234567890"), CanonicalNumber("12345678901234567891"));
}

TEST(CanonicalNumber, TextIsNoNumber) {
  for (const char* text :
       {"",   "-",   "+",     ".",     "c1", "1a",    "0x1", "1 ",  " 1",   "--1",
        "1e", "1e+", "1e--2", "1e+-2", "e5", "1.2.3", "1,0", "nan", "1e31", "1e99999999999"})
    EXPECT_FALSE(CanonicalNumber(text)) << text;
}

TEST(MissingValue, IsWhatTablesWrite) {
  for (const char* text : {"nan", "NaN", "None", "null", "NA", "N/A", "<NA>", "NaT"})
    EXPECT_TRUE(IsMissingValue(text)) << text;
  for (const char* text : {"", "0", "Nana", "Nathan"}) EXPECT_FALSE(IsMissingValue(text)) << text;
}

LabelCounts Count(const std::vector<std::string>& labels) {
  LabelCounts counts;
  CountLabels(labels, counts);
  return counts;
}

TEST(FindUnclear, NamesTheFirstPairAndCountsTheOthers) {
  const auto unclear =
      FindUnclear(Count({"0001", "1", "1", "7", "07", "a", "0001", "0001"}), "identity", false);
  ASSERT_TRUE(unclear);
  EXPECT_EQ(
      unclear->found,
      "identity `0001` (3 rows) and `1` (2 rows), which are equal as numbers, and 1 more such "
      "pair");
  EXPECT_EQ(unclear->expected, "one spelling of each identity");
}

TEST(FindUnclear, OneSpellingANumberIsClear) {
  EXPECT_FALSE(FindUnclear(Count({"0001", "0002", "10", "c1", "c01", "-1", "0000"}), "x", true));
  // All of these are distractors, where there are any.
  EXPECT_FALSE(FindUnclear(Count({"0", "0000"}), "identity", true));
  EXPECT_TRUE(FindUnclear(Count({"0", "0000"}), "identity", false));
}

TEST(FindUnclear, SpecialIdentitiesMustBeSpelledAsThePolicyReadsThem) {
  for (const char* label : {"-1.0", "-01", "0.0", "-0"}) {
    EXPECT_TRUE(FindUnclear(Count({"5", label}), "identity", true)) << label;
    EXPECT_FALSE(FindUnclear(Count({"5", label}), "identity", false)) << label;
  }
}

TEST(FindUnclear, AMissingValueIsNoName) {
  const auto unclear = FindUnclear(Count({"anna", "nan", "nan"}), "identity", false);
  ASSERT_TRUE(unclear);
  EXPECT_TRUE(unclear->missing);
  EXPECT_EQ(unclear->found, "identity `nan` (2 rows), which is how tables write a missing value");
}

}  // namespace
}  // namespace bcr
