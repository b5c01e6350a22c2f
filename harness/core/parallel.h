#pragma once

#include <cstddef>
#include <functional>

namespace bcr {

// Calls body(0) ... body(n - 1), each once, on up to `threads` threads (<= 0: DefaultThreads());
// the caller's thread is one of them. Indices are handed out in ascending order, so heavy items may
// differ in cost. A body must write only to places that belong to its index: then the result does
// not depend on the thread count. When bodies throw, no further index is started, all threads are
// joined, and the exception of the lowest index is rethrown: the same one whatever the thread
// count.
void ParallelFor(size_t n, int threads, const std::function<void(size_t)>& body);

}  // namespace bcr
