#pragma once

#include <string>

namespace bcr {

// The folder of the running program, links followed; "." where the system does not tell.
std::string ProgramFolder();

// Version, git revision, compiler and flags of this build, in one text: a program and a library
// that
// differ in it do not belong together.
const char* BuildStamp();

// A library of this project that is loaded when it is needed.
struct OwnLibrary {
  std::string file;   // file name, beside the program
  std::string entry;  // a function in it without arguments, which returns a pointer to its table
  std::string what;   // for messages, e.g. "training"
  size_t address_space_mib = 0;  // what loading it takes, where the process has a limit
};

// Loads it, its symbols visible to later libraries, and returns its table, whose first member must be
// `const char* build` (BuildStamp() of the library). Throws kMissing: no such file, a library that it
// needs is absent, or it comes of another build; kConfig: the process's limit of address space
// (ulimit -v) is too small. Nothing is unloaded again.
const void* LoadOwnLibrary(const OwnLibrary& library);

}  // namespace bcr
