#pragma once

#include <vector>

namespace bcr {

// The largest of some distances or angles (one at least), once outliers are left out: of n >= 4, those
// that lie further beyond a quartile than 1.5 times the interquartile range. The quartiles are the
// sorted values at the places n / 4 and 3 n / 4, counted from 0 and rounded down, as in AdvBCT's
// extract_feat.py; so the largest of four values is its own quartile and stays.
double LargestWithoutOutliers(std::vector<double> values);

}  // namespace bcr
