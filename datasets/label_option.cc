#include "datasets/label_option.h"

#include <fmt/format.h>

#include <initializer_list>
#include <optional>

#include "datasets/listing.h"
#include "harness/core/error.h"
#include "harness/core/labels.h"

namespace bcr {
namespace {

using Column = std::string ImageRecord::*;

LabelCounts Count(const Listing& listing, std::initializer_list<Split> splits, Column column) {
  std::vector<std::string> labels;
  for (const Split split : splits) {
    for (const ListedImage& image : listing.of(split)) labels.push_back(image.record.*column);
  }
  LabelCounts counts;
  CountLabels(labels, counts);
  return counts;
}

void RequireClear(const LabelCounts& counts, const std::string& column, bool specials,
                  const std::string& file) {
  const std::optional<UnclearLabels> unclear = FindUnclear(counts, column, specials);
  if (!unclear) return;
  throw Error(
      ErrorCode::kData,
      {file, unclear->found, unclear->expected,
       fmt::format(
           "{0}; csv:{1},labels=exact takes every label as it is written.",
           unclear->missing
               ? "Fill it in or leave these rows out"
               : fmt::format("csv:{},labels=numeric reads equal numbers as one label", file),
           file)});
}

void MakeCanonical(Listing& listing) {
  for (std::vector<ListedImage>& images : listing.images) {
    for (ListedImage& image : images) {
      for (const Column column : {&ImageRecord::identity, &ImageRecord::camera}) {
        std::string& label = image.record.*column;
        label = CanonicalNumber(label).value_or(label);
      }
    }
  }
}

}  // namespace

void ApplyLabelOption(const DataRef& ref, const std::string& file, Listing& listing) {
  const auto option = ref.options.find("labels");
  const std::string wanted = option == ref.options.end() ? "" : option->second;
  if (wanted == "exact") return;
  if (wanted != "" && wanted != "numeric") {
    throw Error(ErrorCode::kUsage, {ref.Text() + ": labels", fmt::format("`{}`", wanted),
                                    "exact or numeric", "Left out, unclear labels are refused."});
  }
  if (wanted == "numeric") MakeCanonical(listing);
  RequireClear(Count(listing, {Split::kTrain}, &ImageRecord::identity), "identity", true, file);
  RequireClear(Count(listing, {Split::kQuery, Split::kGallery}, &ImageRecord::identity), "identity",
               true, file);
  RequireClear(
      Count(listing, {Split::kTrain, Split::kQuery, Split::kGallery}, &ImageRecord::camera),
      "camera", false, file);
}

}  // namespace bcr
