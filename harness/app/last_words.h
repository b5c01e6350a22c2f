#pragma once

namespace bcr {

// One message on stderr for a lack of memory; returns the exit code. Takes no memory itself.
int OutOfMemory();

// An exception that nobody can catch (thrown in a thread of a library, or while one is loaded) ends the
// program with one message and an exit code, not with a signal.
void InstallLastWords();

}  // namespace bcr
