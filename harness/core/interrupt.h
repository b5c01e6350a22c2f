#pragma once

namespace bcr {

// Ctrl-C and SIGTERM set a flag; long loops call ThrowIfInterrupted at points where everything
// stored is whole. A second Ctrl-C ends the process at once.
void InstallInterruptHandler();
bool Interrupted();
void ThrowIfInterrupted();  // throws kInterrupted: "stopped; run the same command to resume"

}  // namespace bcr
