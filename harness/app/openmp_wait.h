#pragma once

namespace bcr {

// Sets how long OpenMP's threads wait at a barrier by spinning (GOMP_SPINCOUNT), unless the user has
// set it or OMP_WAIT_POLICY. Long spinning starves other work on shared cores (seven times the
// processor time was measured), none at all slows idle ones: the count was the fastest in both cases.
//
// libgomp reads it once, when it is loaded. Where this program links libgomp, that is before main:
// then a command line that makes use of it (`score --search`) starts the program anew. Call first in
// main.
void SetOpenMpWait(char** argv);

}  // namespace bcr
