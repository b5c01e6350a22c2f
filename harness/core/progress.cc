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
#include <vector>

#include "harness/core/printable.h"

namespace bcr {
namespace {

constexpr double kRedraw = 0.1;      // seconds between redraws of the bar
constexpr double kLineEvery = 30.0;  // seconds between lines where there is no terminal
constexpr size_t kLongBar = 24, kShortBar = 8;
constexpr size_t kShortTitle = 12;  // shown of a longer one wherever any of it is

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

std::string Bar(double share, size_t width) {
  const auto full = static_cast<size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(width));
  return "[" + std::string(full, '#') + std::string(width - full, '.') + "]";
}

bool StartsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

size_t Width(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), StartsCharacter));
}

// Where character `index` of `text` begins.
size_t Place(const std::string& text, size_t index) {
  size_t at = 0;
  for (; at < text.size(); ++at) {
    if (StartsCharacter(text[at]) && index-- == 0) break;
  }
  return at;
}

// Both ends of a title tell rows apart (setting / method): the middle gives way.
std::string Shorten(const std::string& text, size_t columns) {
  const size_t width = Width(text);
  if (width <= columns) return text;
  if (columns < 3) return text.substr(0, Place(text, columns));
  const size_t tail = (columns - 1) / 2, head = columns - 1 - tail;
  return text.substr(0, Place(text, head)) + "~" + text.substr(Place(text, width - tail));
}

std::string Join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (!part.empty()) text += (text.empty() ? "" : ", ") + part;
  }
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

ProgressText DescribeProgress(int64_t done, int64_t from, int64_t total, const std::string& unit,
                              double elapsed) {
  ProgressText text;
  text.count =
      total > 0 ? fmt::format("{}/{} {}", done, total, unit) : fmt::format("{} {}", done, unit);
  if (done <= from || elapsed <= 0) return text;
  const double rate = static_cast<double>(done - from) / elapsed;
  text.rate = fmt::format("{:.{}f} {}/s", rate, rate < 10 ? 2 : 0, unit);
  if (total > done) {
    text.left = FormatDuration(static_cast<double>(total - done) / rate) + " left";
  }
  return text;
}

std::string FormatProgress(const ProgressText& text, const std::string& note) {
  return Join({text.count, text.rate, text.left, note});
}

std::string FitProgress(const std::string& title, double share, const ProgressText& text,
                        const std::string& note, size_t columns) {
  const std::string brief = Join({note, text.rate, text.left});
  const std::string full = Join({brief, text.count});
  struct Layout {
    size_t bar;
    const std::string& facts;
  };
  for (const auto& [bar, facts] : {Layout{kLongBar, full}, Layout{kShortBar, full},
                                   Layout{kShortBar, brief}, Layout{0, brief}}) {
    const std::string drawn = share < 0 || bar == 0 ? "" : Bar(share, bar) + " ";
    const size_t needed = drawn.size() + Width(facts) + 1;
    if (needed + std::min(Width(title), kShortTitle) > columns) continue;
    return Shorten(title, columns - needed) + " " + drawn + facts;
  }
  for (const std::string& facts : {brief, Join({note, text.left})}) {
    if (Width(facts) <= columns) return facts;
  }
  return Shorten(text.left.empty() ? text.count : text.left, columns);
}

}  // namespace internal

Progress::Progress(std::string title, int64_t total, std::string unit, bool quiet, double after)
    : title_(std::move(title)),
      unit_(std::move(unit)),
      total_(total),
      quiet_(quiet),
      terminal_(::isatty(STDERR_FILENO) == 1 && !PlainTerminal()),
      start_(NowSeconds()),
      last_draw_(terminal_ ? 0 : start_),
      after_(after) {}

Progress::~Progress() {
  if (!quiet_ && terminal_ && last_draw_ > 0) Print("\r\033[K");
}

void Progress::Update(int64_t done, const std::string& note) {
  done_ = done;
  if (quiet_) return;
  const double now = NowSeconds();
  if (start_done_ < 0) {
    start_done_ = done;
    start_ = now;
  }
  if (now - start_ < after_) return;
  if (now - last_draw_ < (terminal_ ? kRedraw : kLineEvery)) return;
  last_draw_ = now;
  Draw(note);
}

void Progress::Draw(const std::string& note) {
  const internal::ProgressText text =
      internal::DescribeProgress(done_, start_done_, total_, unit_, NowSeconds() - start_);
  if (!terminal_) {
    Print(title_ + ": " + internal::FormatProgress(text, note) + "\n");
    return;
  }
  const double share = total_ > 0 ? static_cast<double>(done_) / static_cast<double>(total_) : -1.0;
  const std::string line = internal::FitProgress(title_, share, text, note, TerminalColumns() - 1);
  Print("\r" + line + "\033[K");
}

void Say(const std::string& line, bool quiet) {
  if (!quiet) Print(Printable(line) + "\n");
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
