#include "datasets/market_name.h"

#include <algorithm>
#include <cctype>

namespace bcr {
namespace {

// Consumes a text from its front; every step says whether it matched.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  std::string_view Digits() {
    size_t n = 0;
    while (n < rest_.size() && rest_[n] >= '0' && rest_[n] <= '9') ++n;
    return Take(n);
  }
  bool Literal(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    Take(text.size());
    return true;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view Take(size_t n) {
    const std::string_view taken = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return taken;
  }
  std::string_view rest_;
};

bool IsImageExtension(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower == ".jpg" || lower == ".jpeg" || lower == ".png";
}

}  // namespace

std::optional<MarketName> ParseMarketName(std::string_view base_name) {
  Cursor cursor(base_name);
  const std::string_view identity = cursor.Literal("-1") ? base_name.substr(0, 2) : cursor.Digits();
  if (identity.empty() || !cursor.Literal("_c")) return std::nullopt;
  const std::string_view camera = cursor.Digits();
  if (camera.empty() || !cursor.Literal("s") || cursor.Digits().empty()) return std::nullopt;
  if (!cursor.Literal("_") || cursor.Digits().empty()) return std::nullopt;
  if (!cursor.Literal("_") || cursor.Digits().empty()) return std::nullopt;
  if (!IsImageExtension(cursor.rest())) return std::nullopt;
  return MarketName{std::string(identity), std::string(camera)};
}

}  // namespace bcr
