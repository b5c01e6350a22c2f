#include "harness/data/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/data/augment.h"

namespace bcr {
namespace {

using Prepare = std::function<LoadedBatch(size_t batch)>;

constexpr size_t kSlotsPerWorker = 2;

class InlineLoader : public BatchLoader {
 public:
  InlineLoader(size_t count, Prepare prepare) : count_(count), prepare_(std::move(prepare)) {}

  bool Next(LoadedBatch& batch) override {
    if (next_ == count_) return false;
    batch = prepare_(next_++);
    return true;
  }

 private:
  const size_t count_;
  const Prepare prepare_;
  size_t next_ = 0;
};

// Workers claim batches in order and put each into its slot of a ring; the consumer takes the slots
// in order. A worker waits while the ring is full, so memory is bounded however slow the consumer
// is.
class ThreadedLoader : public BatchLoader {
 public:
  ThreadedLoader(size_t count, Prepare prepare, size_t workers)
      : count_(count), prepare_(std::move(prepare)), slots_(workers * kSlotsPerWorker) {
    try {
      for (size_t w = 0; w < workers; ++w) workers_.emplace_back([this] { Work(); });
    } catch (const std::system_error& error) {
      Stop();
      throw Error(ErrorCode::kIo,
                  {"loader", error.what(), fmt::format("{} threads for loading", workers),
                   "Use fewer workers"});
    }
  }

  ~ThreadedLoader() override { Stop(); }

  bool Next(LoadedBatch& batch) override {
    Slot taken;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      if (handed_out_ == count_) return false;
      Slot& slot = slots_[handed_out_ % slots_.size()];
      filled_.wait(lock, [&] { return slot.ready; });
      taken = std::exchange(slot, Slot());
      ++handed_out_;
      if (taken.error) handed_out_ = claimed_ = count_;
    }
    freed_.notify_all();
    if (taken.error) std::rethrow_exception(taken.error);
    batch = std::move(taken.batch);
    return true;
  }

 private:
  struct Slot {
    LoadedBatch batch;
    std::exception_ptr error;
    bool ready = false;
  };

  // The next batch to prepare, or false when there is none left or the loader stops.
  bool Claim(size_t& batch) {
    std::unique_lock<std::mutex> lock(mutex_);
    freed_.wait(lock, [&] {
      return stop_ || claimed_ == count_ || claimed_ < handed_out_ + slots_.size();
    });
    if (stop_ || claimed_ == count_) return false;
    batch = claimed_++;
    return true;
  }

  void Work() {
    for (size_t batch = 0; Claim(batch);) {
      Slot slot;
      try {
        slot.batch = prepare_(batch);
      } catch (...) {
        slot.error = std::current_exception();
      }
      slot.ready = true;
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        slots_[batch % slots_.size()] = std::move(slot);
      }
      filled_.notify_one();
    }
  }

  void Stop() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stop_ = true;
    }
    freed_.notify_all();
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
  }

  const size_t count_;
  const Prepare prepare_;
  std::mutex mutex_;
  std::condition_variable filled_, freed_;
  std::vector<Slot> slots_;
  size_t claimed_ = 0, handed_out_ = 0;
  bool stop_ = false;
  std::vector<std::thread> workers_;
};

std::unique_ptr<BatchLoader> NewLoader(size_t count, Prepare prepare, int workers) {
  if (workers <= 0) return std::make_unique<InlineLoader>(count, std::move(prepare));
  const size_t used = std::clamp<size_t>(count, 1, static_cast<size_t>(workers));
  return std::make_unique<ThreadedLoader>(count, std::move(prepare), used);
}

// Allocates the batch's pixels and fills them image by image.
template <typename Write>
void FillPixels(const ImageStore& store, LoadedBatch& batch, const Write& write) {
  const size_t size = static_cast<size_t>(store.height()) * store.width() * 3;
  batch.pixels.resize(batch.rows.size() * size);
  for (size_t i = 0; i < batch.rows.size(); ++i) {
    const int64_t row = batch.rows[i];
    if (row < 0 || static_cast<size_t>(row) >= store.size()) {
      throw Error(ErrorCode::kInternal, {"loader", fmt::format("image row {}", row),
                                         fmt::format("a row below {}", store.size()), ""});
    }
    write(i, store.pixels(static_cast<size_t>(row)), batch.pixels.data() + i * size);
  }
}

}  // namespace

std::unique_ptr<BatchLoader> NewTrainingLoader(const ImageStore& store,
                                               std::vector<std::vector<int64_t>> batches,
                                               ChangeImage change, uint64_t epoch_seed,
                                               int workers) {
  const size_t count = batches.size();
  Prepare prepare = [&store, batches = std::move(batches), change = std::move(change),
                     epoch_seed](size_t index) {
    LoadedBatch batch;
    batch.rows = batches[index];
    const uint64_t seed = DeriveSeed(epoch_seed, static_cast<uint64_t>(index));
    FillPixels(store, batch, [&](size_t i, const uint8_t* rgb, float* out) {
      const auto row = static_cast<uint64_t>(batch.rows[i]);
      const uint64_t shared = DeriveSeed(DeriveSeed(seed, "copies"), row);
      TrainingImage image(rgb, store.height(), store.width(), out, shared);
      change(DeriveSeed(seed, static_cast<uint64_t>(i)), image);
      image.planes();  // written even where nothing changed
    });
    return batch;
  };
  return NewLoader(count, std::move(prepare), workers);
}

std::unique_ptr<BatchLoader> NewExtractionLoader(const ImageStore& store, int batch_size, bool flip,
                                                 int workers) {
  if (batch_size < 1) {
    throw Error(ErrorCode::kConfig,
                {"batch size", fmt::format("{}", batch_size), "at least 1", ""});
  }
  const size_t size = static_cast<size_t>(batch_size);
  Prepare prepare = [&store, size, flip](size_t index) {
    LoadedBatch batch;
    for (size_t row = index * size; row < std::min(store.size(), (index + 1) * size); ++row) {
      batch.rows.push_back(static_cast<int64_t>(row));
    }
    FillPixels(store, batch, [&](size_t, const uint8_t* rgb, float* out) {
      NormalizeImage(rgb, store.height(), store.width(), flip, out);
    });
    return batch;
  };
  return NewLoader((store.size() + size - 1) / size, std::move(prepare), workers);
}

}  // namespace bcr
