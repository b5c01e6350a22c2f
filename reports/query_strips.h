#pragma once

#include <functional>
#include <string>
#include <vector>

#include "reports/per_query.h"

namespace bcr {

// A picture for a page as a `data:` address, by the name of an image; "" where there is none.
using PictureOf = std::function<std::string(const std::string& image)>;

// One query and what several searches found first for it.
struct QueryStrip {
  struct List {
    std::string name;  // "old queries, old gallery"
    std::vector<FoundImage> images;
    double ap = 0;
  };
  std::string image, identity, camera;
  std::vector<List> lists;
};

// The per-query values of one search, and what it is called.
struct NamedQueries {
  std::string name;
  std::vector<PerQueryRow> rows;
};

// The strips of the queries that lose most (or gain most) AP from the first search to the second,
// at most `count`, the largest change first and equal ones in the order of the second search's rows.
// Queries that either of the two lacks or holds as not valid are passed over, and so are those of
// which neither holds a list. Further searches that lack the query are left out of its strip. Needs
// two searches.
std::vector<QueryStrip> ChangedStrips(const std::vector<NamedQueries>& searches, bool worst,
                                      size_t count);

// Strips as HTML: the query, and below it a row of images a list, matches framed and marked. Where
// `picture` is empty or has none, the place of a picture holds the name of the image.
std::string StripsHtml(const std::vector<QueryStrip>& strips, const PictureOf& picture);

}  // namespace bcr
