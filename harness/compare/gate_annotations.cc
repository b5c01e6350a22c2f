#include <fmt/format.h>

#include "harness/compare/gate_reports.h"

namespace bcr {
namespace {

// Data of a workflow command: GitHub reads % and line breaks otherwise.
std::string Escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '%') {
      out += "%25";
    } else if (c == '\r') {
      out += "%0D";
    } else if (c == '\n') {
      out += "%0A";
    } else {
      out += c;
    }
  }
  return out;
}

std::string Command(const char* kind, const std::string& text) {
  return fmt::format("::{} title=bcreid gate::{}\n", kind, Escaped(text));
}

}  // namespace

std::string GateAnnotations(const GateReport& report) {
  std::string text;
  for (const GateLine& line : report.judged) {
    if (line.verdict == "WORSE") text += Command("error", NameOf(line) + " " + ChangeOf(line));
  }
  for (const GateCheck& check : report.checks) {
    if (!check.passed) text += Command("error", check.says);
  }
  if (!text.empty()) return text;
  const std::string sensitivity = SensitivityOf(report);
  return Command("notice", OutcomeOf(report) + (sensitivity.empty() ? "" : ". " + sensitivity));
}

}  // namespace bcr
