#include "harness/eval/product/aligned_floats.h"

#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace bcr {
namespace {

constexpr size_t kCacheLine = 64;
constexpr size_t kHugePage = 2U << 20U;

float* Allocate(size_t bytes, size_t alignment) {
  void* data = ::operator new (bytes, std::align_val_t{alignment});
#ifdef __linux__
  // Advice only: where it is refused, small pages serve.
  if (alignment == kHugePage) (void)madvise(data, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
  return static_cast<float*>(data);
}

}  // namespace

AlignedFloats::AlignedFloats(size_t n)
    : alignment_(n * sizeof(float) >= 2 * kHugePage ? kHugePage : kCacheLine),
      data_(Allocate(n * sizeof(float), alignment_)) {}

AlignedFloats::~AlignedFloats() { ::operator delete (data_, std::align_val_t{alignment_}); }

}  // namespace bcr
