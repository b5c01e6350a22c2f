#pragma once

#include <string>

namespace bcr {

struct DataRef;
struct Listing;

// What the option labels=exact|numeric of a listed data set asks for; see harness/core/labels.h for
// what goes wrong with labels that look like numbers.
//
// Without the option throws kData for two spellings of one number among the training identities,
// among the test identities or among the cameras, for -1 and 0 spelled so that they are people as
// text, and for missing values. numeric: gives such labels one canonical spelling. exact: changes
// and checks nothing. Throws kUsage for another value. `file` names the list in messages.
void ApplyLabelOption(const DataRef& ref, const std::string& file, Listing& listing);

}  // namespace bcr
