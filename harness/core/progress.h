#pragma once

#include <cstdint>
#include <string>

namespace bcr {

// Progress on stderr: a bar on a terminal, otherwise one line per 30 s; nothing when quiet. The
// first Update marks the starting point: what was done before it (before an interruption, perhaps)
// counts for neither rate nor time left.
// NO_COLOR, CLICOLOR_FORCE and TERM=dumb are honoured here and nowhere else.
class Progress {
 public:
  // `total` counts items (images, queries); `unit` names them ("images"). Nothing is shown in the
  // first `after` seconds.
  Progress(std::string title, int64_t total, std::string unit, bool quiet, double after = 0);
  ~Progress();  // clears the bar
  // `note` is shown behind the bar, e.g. "loss 1.234". Rate and time left are computed here.
  void Update(int64_t done, const std::string& note = "");

 private:
  void Draw(const std::string& note);
  std::string title_, unit_;
  int64_t total_, done_ = 0;
  bool quiet_, terminal_;
  double start_, last_draw_ = 0, after_;
  int64_t start_done_ = -1;  // -1: no Update yet
};

// A line on stderr, control characters shown instead of obeyed; "" prints an empty line. Not shown when quiet.
void Say(const std::string& line, bool quiet = false);
bool ColourOn(int file_descriptor);
double NowSeconds();  // monotonic

namespace internal {
std::string FormatDuration(double seconds);  // "42 s", "3 min 05 s", "2 h 10 min"

// How far something is, in words; "" where it is not known.
struct ProgressText {
  std::string count;  // "120/400 images"
  std::string rate;   // "60 images/s"
  std::string left;   // "5 s left"
};
// `total` <= 0 means unknown; `done` - `from` items took `elapsed` seconds.
ProgressText DescribeProgress(int64_t done, int64_t from, int64_t total, const std::string& unit,
                              double elapsed);
// "120/400 images, 60 images/s, 5 s left, loss 1.234": a line where there is no terminal.
std::string FormatProgress(const ProgressText& text, const std::string& note);
// One line of at most `columns` characters: title, bar, note, rate, time left, count. Where they do
// not fit, the bar and the title shrink, then the count goes, the bar, the title, the rate, the
// note. `share` < 0: no bar.
std::string FitProgress(const std::string& title, double share, const ProgressText& text,
                        const std::string& note, size_t columns);
}  // namespace internal

}  // namespace bcr
