#include "harness/core/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace bcr {
namespace {

constexpr double kRedraw = 0.1;      // seconds between redraws of the bar
constexpr double kLineEvery = 30.0;  // seconds between lines where there is no terminal
constexpr int kBarWidth = 24;

std::string_view Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

bool PlainTerminal() { return Variable("TERM").empty() || Variable("TERM") == "dumb"; }

size_t TerminalColumns() {
  winsize size = {};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

std::string Bar(int64_t done, int64_t total) {
  const double share = std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0);
  const auto full = static_cast<size_t>(share * kBarWidth);
  return "[" + std::string(full, '#') + std::string(kBarWidth - full, '.') + "]";
}

std::string Cut(std::string text, size_t columns) {
  if (text.size() <= columns) return text;
  while (columns > 0 && (static_cast<unsigned char>(text[columns]) & 0xC0) == 0x80) --columns;
  text.resize(columns);
  return text;
}

void Print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

namespace internal {

std::string FormatDuration(double seconds) {
  if (!(seconds >= 0) || seconds > 1e9) return "?";
  const auto s = static_cast<int64_t>(std::lround(seconds));
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} min {:02} s", s / 60, s % 60);
  return fmt::format("{} h {:02} min", s / 3600, s % 3600 / 60);
}

std::string FormatProgress(int64_t done, int64_t total, const std::string& unit, double elapsed) {
  std::string text =
      total > 0 ? fmt::format("{}/{} {}", done, total, unit) : fmt::format("{} {}", done, unit);
  if (done <= 0 || elapsed <= 0) return text;
  const double rate = static_cast<double>(done) / elapsed;
  text += fmt::format(", {:.{}f} {}/s", rate, rate < 10 ? 2 : 0, unit);
  if (total > done) {
    text += fmt::format(", {} left", FormatDuration(static_cast<double>(total - done) / rate));
  }
  return text;
}

}  // namespace internal

Progress::Progress(std::string title, int64_t total, std::string unit, bool quiet)
    : title_(std::move(title)),
      unit_(std::move(unit)),
      total_(total),
      quiet_(quiet),
      terminal_(::isatty(STDERR_FILENO) == 1 && !PlainTerminal()),
      start_(NowSeconds()),
      last_draw_(terminal_ ? 0 : start_) {}

Progress::~Progress() {
  if (!quiet_ && terminal_ && last_draw_ > 0) Print("\r\033[K");
}

void Progress::Update(int64_t done, const std::string& note) {
  done_ = done;
  if (quiet_) return;
  const double now = NowSeconds();
  if (now - last_draw_ < (terminal_ ? kRedraw : kLineEvery)) return;
  last_draw_ = now;
  Draw(note);
}

void Progress::Draw(const std::string& note) {
  std::string text = internal::FormatProgress(done_, total_, unit_, NowSeconds() - start_);
  if (!note.empty()) text += ", " + note;
  if (!terminal_) {
    Print(title_ + ": " + text + "\n");
    return;
  }
  const std::string bar = total_ > 0 ? Bar(done_, total_) + " " : "";
  Print("\r" + Cut(title_ + " " + bar + text, TerminalColumns() - 1) + "\033[K");
}

void Say(const std::string& line, bool quiet) {
  if (!quiet) Print(line + "\n");
}

bool ColourOn(int file_descriptor) {
  if (!Variable("NO_COLOR").empty()) return false;  // https://no-color.org
  const std::string_view force = Variable("CLICOLOR_FORCE");
  if (!force.empty() && force != "0") return true;
  return ::isatty(file_descriptor) == 1 && !PlainTerminal();
}

double NowSeconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

}  // namespace bcr
