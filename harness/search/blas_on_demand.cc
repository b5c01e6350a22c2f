// The functions of BLAS and LAPACK that FAISS calls, each handed on to OpenBLAS, which is loaded by the
// first of them. A program that links OpenBLAS waits for it at every start, also for --version: 20 ms,
// and for ever where memory is short. By Fortran's rules every argument is an address. A function that
// FAISS wants and that is not here is found in OpenBLAS at link, and OpenBLAS is then loaded at start.
#include "harness/search/blas_on_demand.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "harness/core/address_space.h"
#include "harness/core/error.h"

namespace bcr {
namespace {

constexpr size_t kAddressSpaceMiB = 500;  // OpenBLAS maps 294 when it is loaded

void* Load() {
  RequireAddressSpace("loading OpenBLAS", kAddressSpaceMiB);
  std::string reasons;
  for (const char* name : {BCR_OPENBLAS_FOLDER "/libopenblas.so.0", "libopenblas.so.0",
                           BCR_OPENBLAS_FOLDER "/libopenblas.so", "libopenblas.so"}) {
    if (void* handle = ::dlopen(name, RTLD_LAZY | RTLD_GLOBAL)) return handle;
    const char* reason = ::dlerror();
    reasons += fmt::format("{}{}", reasons.empty() ? "" : "; ", reason != nullptr ? reason : name);
  }
  throw Error(ErrorCode::kMissing, {"OpenBLAS", reasons, "the library that FAISS computes with",
                                    "Install it: apt-get install libopenblas0-openmp."});
}

void* Library() {
  static void* const library = Load();
  return library;
}

// FAISS calls from threads that nobody could catch an exception in.
template <typename Function>
Function* Find(const char* name) {
  try {
    if (void* function = ::dlsym(Library(), name)) return reinterpret_cast<Function*>(function);
    std::fprintf(stderr, "bcreid: OpenBLAS has no function %s, which FAISS needs\n", name);
  } catch (const Error& error) {
    std::fprintf(stderr, "bcreid: %s\n", error.what());
  }
  ::_exit(kExitUsage);
}

}  // namespace

void RequireBlas() { Library(); }

}  // namespace bcr

using A = const void*;

#define BCR_HAND_ON(name, parameters, ...)                      \
  extern "C" int name parameters;                               \
  extern "C" int name parameters {                              \
    static auto* const real = bcr::Find<int parameters>(#name); \
    return real(__VA_ARGS__);                                   \
  }
#define BCR_HAND_ON_6(name) BCR_HAND_ON(name, (A a, A b, A c, A d, A e, A f), a, b, c, d, e, f)
#define BCR_HAND_ON_7(name) \
  BCR_HAND_ON(name, (A a, A b, A c, A d, A e, A f, A g), a, b, c, d, e, f, g)
#define BCR_HAND_ON_8(name) \
  BCR_HAND_ON(name, (A a, A b, A c, A d, A e, A f, A g, A h), a, b, c, d, e, f, g, h)
#define BCR_HAND_ON_9(name) \
  BCR_HAND_ON(name, (A a, A b, A c, A d, A e, A f, A g, A h, A i), a, b, c, d, e, f, g, h, i)
#define BCR_HAND_ON_10(name)                                                                       \
  BCR_HAND_ON(name, (A a, A b, A c, A d, A e, A f, A g, A h, A i, A j), a, b, c, d, e, f, g, h, i, \
              j)
#define BCR_HAND_ON_13(name)                                                                       \
  BCR_HAND_ON(name, (A a, A b, A c, A d, A e, A f, A g, A h, A i, A j, A k, A l, A m), a, b, c, d, \
              e, f, g, h, i, j, k, l, m)
#define BCR_HAND_ON_14(name)                                                                      \
  BCR_HAND_ON(name, (A a, A b, A c, A d, A e, A f, A g, A h, A i, A j, A k, A l, A m, A n), a, b, \
              c, d, e, f, g, h, i, j, k, l, m, n)

BCR_HAND_ON_13(sgemm_)
BCR_HAND_ON_13(dgemm_)
BCR_HAND_ON_10(ssyrk_)
BCR_HAND_ON_8(sgeqrf_)
BCR_HAND_ON_9(sorgqr_)
BCR_HAND_ON_9(dsyev_)
BCR_HAND_ON_14(sgesvd_)
BCR_HAND_ON_14(dgesvd_)
BCR_HAND_ON_14(sgelsd_)
BCR_HAND_ON_6(sgetrf_)
BCR_HAND_ON_6(dgetrf_)
BCR_HAND_ON_7(sgetri_)
BCR_HAND_ON_7(dgetri_)
