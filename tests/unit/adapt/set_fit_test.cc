#include "harness/adapt/set_fit.h"

#include <gmock/gmock.h>

#include "tests/unit/adapt/random_rows.h"
#include "tests/unit/adapt/toy_adapter.h"
#include "tests/unit/core/catch_error.h"
#include "tests/unit/features/feature_files_fixture.h"

namespace bcr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Remembers the first value of the model that rows are mapped to.
AdapterInfo Remembering() {
  AdapterInfo info = test::ToyAdapter();
  info.parameters = "{}";
  info.widths = AdapterWidths::kAny;
  info.fit = [](const FitData& data, JsonReader&) {
    AdapterState state;
    state.numbers["first"] = test::ReadAll(*data.to).data()[0];
    return state;
  };
  info.apply = [](const AdapterState& state, std::shared_ptr<const RowSource> rows) {
    return test::Own(FloatMatrix(rows->rows(), state.width_out));
  };
  return info;
}

class OnSets : public ::testing::Test {
 protected:
  OnSets() {
    test::Put(folder_.path() + "/old/features.npy", test::Npy(2, 1, {10, 20}));
    test::Put(folder_.path() + "/old/index.csv", "image,identity\na,1\nb,2\n");
    test::Put(folder_.path() + "/new/features.npy", test::Npy(2, 2, {7, 7, 5, 5}));
    test::Put(folder_.path() + "/new/index.csv", "image,identity\nb,2\na,1\n");
    request_.old_set = {folder_.path() + "/old"};
    request_.new_set = {folder_.path() + "/new"};
    request_.choice = ParseAdapter({&info_}, "toy");
  }
  AdapterInfo info_ = Remembering();
  const TemporaryFolder folder_;
  SetFitRequest request_;
};

TEST_F(OnSets, TheSideSaysWhichRowsAreMapped) {
  info_.sides = {AdapterSide::kQuery, AdapterSide::kGallery};
  const SetFit query = FitOnSets(request_);
  EXPECT_EQ(query.adapter.width_in(), 2U);
  EXPECT_EQ(query.adapter.width_out(), 1U);
  EXPECT_EQ(query.adapter.state().numbers.at("first"), 20);  // of image b, the first new row
  EXPECT_THAT(query.images, ElementsAre("a", "b"));
  request_.side = AdapterSide::kGallery;
  const SetFit gallery = FitOnSets(request_);
  EXPECT_EQ(gallery.adapter.width_in(), 1U);
  EXPECT_EQ(gallery.adapter.state().numbers.at("first"), 5);
  EXPECT_EQ(gallery.old_hash, query.old_hash);
  EXPECT_NE(gallery.old_hash, gallery.new_hash);
}

TEST_F(OnSets, AnAdapterForTheOtherSideIsRefused) {
  request_.side = AdapterSide::kGallery;
  EXPECT_THAT(test::MessageOf([&] { FitOnSets(request_); }), HasSubstr("the side gallery"));
}

}  // namespace
}  // namespace bcr
