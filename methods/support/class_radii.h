#pragma once

#include <vector>

namespace bcr {

// The largest of some distances or angles (one at least), once outliers are left out: of four or
// more, values beyond 1.5 times the interquartile range from the quartiles (linear between order
// statistics, as NumPy's percentile). As AdvBCT's extract_feat.py does.
double LargestWithoutOutliers(std::vector<double> values);

}  // namespace bcr
