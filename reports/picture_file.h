#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bcr {

// A picture of a page as a file of its own.
struct PictureFile {
  std::string file;  // "in-domain-data.quick.gains.svg"
  std::string svg;
};

// A name from anywhere (a model, a setting) as part of a file name: other characters than letters,
// digits, '.', '_' and '-' become hyphens, and it never begins with a dot. At most 80 characters;
// different names may become equal.
std::string FileNamePart(std::string_view name);

// The files of pictures whose names are given without ".svg", in the same order. A name that comes
// again gets ".2", ".3", ...: the same pictures give the same names.
std::vector<PictureFile> NamedFiles(const std::vector<PictureFile>& pictures);

}  // namespace bcr
