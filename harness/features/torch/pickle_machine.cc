#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <unordered_map>

#include "harness/features/torch/pickle_names.h"
#include "harness/features/torch/pickle_tree.h"
#include "harness/features/torch/rebuild_tensor.h"
#include "harness/features/torch/torch_refusal.h"

// The opcodes are those of Python's pickletools for protocol 2, as far as torch.save uses them.
namespace bcr::internal {
namespace {

using Kind = PickleValue::Kind;

// A thousand tensors take 150 kB and 25,000 values, their optimiser's state as much again.
constexpr size_t kLongestPickle = size_t{16} << 20;
constexpr size_t kMostValues = size_t{1} << 20;
constexpr size_t kMostTensors = size_t{1} << 17;

class Machine {
 public:
  Machine(std::string_view pickle, const std::string& where) : pickle_(pickle), where_(where) {}

  PickleTree Run() {
    if (pickle_.size() > kLongestPickle)
      RefuseForm(where_, fmt::format("a pickle of {} bytes", pickle_.size()),
                 fmt::format("at most {}, which hold the names of any network", kLongestPickle));
    if (Byte() != 0x80) RefuseForm(where_, "a pickle of another protocol", "protocol 2");
    if (const uint8_t protocol = Byte(); protocol != 2)
      RefuseForm(where_, fmt::format("a pickle of protocol {}", protocol),
                 "protocol 2, torch.save's default");
    for (uint8_t code = Byte(); code != '.'; code = Byte()) {
      if (!Scalar(code) && !Text(code) && !Container(code) && !Memory(code) && !Object(code))
        RefuseForm(where_, fmt::format("the pickle opcode 0x{:02x}", code),
                   "those that torch.save writes for tensors");
    }
    tree_.root = Pop();
    if (!stack_.empty() || !marks_.empty()) Damaged("values left over at the end");
    return std::move(tree_);
  }

 private:
  [[noreturn]] void Damaged(const std::string& found) const {
    RefuseDamage(where_, found, "a whole pickle of tensors");
  }

  std::string_view Bytes(size_t count) {
    if (count > pickle_.size() - at_) Damaged("a pickle that ends within a value");
    at_ += count;
    return pickle_.substr(at_ - count, count);
  }
  uint8_t Byte() { return static_cast<uint8_t>(Bytes(1)[0]); }
  // Little-endian, as all of them.
  template <typename T>
  T Number() {
    T value;
    std::memcpy(&value, Bytes(sizeof(T)).data(), sizeof(T));
    return value;
  }
  std::string_view Line() {
    const size_t end = pickle_.find('\n', at_);
    if (end == std::string_view::npos) Damaged("a name without an end");
    const std::string_view line = Bytes(end - at_);
    ++at_;
    return line;
  }

  void Push(PickleId id) { stack_.push_back(id); }
  void Push(PickleValue value) {
    RequireFewer(tree_.values.size(), kMostValues, "values");
    tree_.values.push_back(std::move(value));
    Push(static_cast<PickleId>(tree_.values.size() - 1));
  }
  void RequireFewer(size_t count, size_t most, const char* what) const {
    if (count < most) return;
    RefuseForm(where_, fmt::format("more than {} {}", most, what), "as many as a network has");
  }
  // Values above the last mark belong to it.
  PickleId Pop() {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) Damaged("a value too few");
    const PickleId id = stack_.back();
    stack_.pop_back();
    return id;
  }
  std::vector<PickleId> PopToMark() {
    if (marks_.empty()) Damaged("no mark where one is due");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<PickleId> items(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return items;
  }
  std::vector<PickleId> PopLast(size_t count) {
    std::vector<PickleId> items(count);
    for (size_t i = count; i-- > 0;) items[i] = Pop();
    return items;
  }
  PickleValue& Top(Kind kind, const char* what) {
    const PickleId id = Pop();
    Push(id);
    if (tree_.values[id].kind != kind) Damaged(std::string("no ") + what + " where one is due");
    return tree_.values[id];
  }

  bool Scalar(uint8_t code) {
    switch (code) {
      case 'N':
        Push(PickleValue{});
        return true;
      case 0x88:
      case 0x89:
        Push({.kind = Kind::kBool, .number = code == 0x88});
        return true;
      case 'J':
        return PushWhole(Number<int32_t>());
      case 'K':
        return PushWhole(Byte());
      case 'M':
        return PushWhole(Number<uint16_t>());
      case 0x8a:
        return PushLong(Bytes(Byte()));
      case 'G':  // of which nobody asks the value
        Bytes(8);
        Push({.kind = Kind::kNumber});
        return true;
      default:
        return false;
    }
  }
  bool PushWhole(int64_t number) {
    Push({.kind = Kind::kNumber, .whole = true, .number = number});
    return true;
  }
  bool PushLong(std::string_view bytes) {
    if (bytes.size() > 8) {
      Push({.kind = Kind::kNumber});
      return true;
    }
    uint64_t value = !bytes.empty() && (bytes.back() & 0x80) != 0 ? ~uint64_t{0} : 0;
    std::memcpy(&value, bytes.data(), bytes.size());
    return PushWhole(std::bit_cast<int64_t>(value));
  }

  // X: UTF-8 of a str; U and T: bytes of Python 2's str.
  bool Text(uint8_t code) {
    size_t length = 0;
    switch (code) {
      case 'X':
      case 'T':
        length = Number<uint32_t>();
        break;
      case 'U':
        length = Byte();
        break;
      default:
        return false;
    }
    Push({.kind = Kind::kText, .text = Bytes(length)});
    return true;
  }

  bool Container(uint8_t code) {
    switch (code) {
      case '(':
        marks_.push_back(stack_.size());
        return true;
      case ')':
        Push({.kind = Kind::kTuple});
        return true;
      case ']':
        Push({.kind = Kind::kList});
        return true;
      case '}':
        Push({.kind = Kind::kDict});
        return true;
      case 't':
        Push({.kind = Kind::kTuple, .items = PopToMark()});
        return true;
      case 0x85:
      case 0x86:
      case 0x87:
        Push({.kind = Kind::kTuple, .items = PopLast(code - 0x84U)});
        return true;
      case 'a':
        return Extend(Kind::kList, PopLast(1));
      case 'e':
        return Extend(Kind::kList, PopToMark());
      case 's':
        return Extend(Kind::kDict, PopLast(2));
      case 'u':
        return Extend(Kind::kDict, PopToMark());
      default:
        return false;
    }
  }
  bool Extend(Kind kind, const std::vector<PickleId>& items) {
    const bool dict = kind == Kind::kDict;
    PickleValue& target = Top(kind, dict ? "dict" : "list");
    for (size_t i = 0; dict && i < items.size(); i += 2) {
      const Kind key = tree_.values[items[i]].kind;
      if (key != Kind::kText && key != Kind::kNumber)
        RefuseForm(where_, "a dict whose key is no text or number", "dicts by name or number");
    }
    if (dict && items.size() % 2 != 0) Damaged("a key without a value");
    target.items.insert(target.items.end(), items.begin(), items.end());
    return true;
  }

  bool Memory(uint8_t code) {
    switch (code) {
      case 'q':
        return Store(Byte());
      case 'r':
        return Store(Number<uint32_t>());
      case 'h':
        return Fetch(Byte());
      case 'j':
        return Fetch(Number<uint32_t>());
      default:
        return false;
    }
  }
  bool Store(uint32_t place) {
    const PickleId id = Pop();
    Push(id);
    memory_[place] = id;
    RequireFewer(memory_.size(), kMostValues, "kept values");
    return true;
  }
  bool Fetch(uint32_t place) {
    const auto found = memory_.find(place);
    if (found == memory_.end()) Damaged("a value that was not kept");
    Push(found->second);
    return true;
  }

  bool Object(uint8_t code) {
    switch (code) {
      case 'c':
        return Name();
      case 'Q':
        return Storage();
      case 'R':
        return Call();
      case 'b':
        return State();
      default:
        return false;
    }
  }
  bool Name() {
    const std::string_view module = Line(), name = Line();
    const int place = FindPickleName(module, name);
    if (place < 0)
      RefuseForm(where_,
                 fmt::format("`{}.{}`, which is no tensor", Shortened(module), Shortened(name)),
                 "tensors, dicts, lists, numbers and texts alone");
    Push({.kind = Kind::kName, .number = place});
    return true;
  }
  // ('storage', class, name in the archive, device, elements)
  bool Storage() {
    const PickleId id = Pop();
    const PickleValue& value = tree_.values[id];
    if (value.kind != Kind::kTuple || !IsStorage(tree_, value.items))
      Damaged("a reference that is no storage");
    Push({.kind = Kind::kStorage, .items = std::vector<PickleId>(value.items)});
    return true;
  }
  bool Call() {
    const PickleId arguments = Pop(), callee = Pop();
    if (tree_.values[callee].kind != Kind::kName || tree_.values[arguments].kind != Kind::kTuple)
      Damaged("a call of something that cannot be called");
    const std::vector<PickleId> given = tree_.values[arguments].items;
    switch (PickleNameAt(static_cast<size_t>(tree_.values[callee].number)).use) {
      case NameUse::kDict:
        return MakeDict(given);
      case NameUse::kTensor:
        RequireFewer(tree_.tensors.size(), kMostTensors, "tensors");
        tree_.tensors.push_back(RebuildTensor(tree_, given, where_));
        Push({.kind = Kind::kTensor, .number = static_cast<int64_t>(tree_.tensors.size() - 1)});
        return true;
      case NameUse::kParameter:  // (tensor, requires_grad, hooks)
        if (given.size() != 3 || tree_.values[given[0]].kind != Kind::kTensor)
          Damaged("a parameter without its tensor");
        Push(given[0]);
        return true;
      case NameUse::kStorage:
        break;
    }
    Damaged("a storage that is called");
  }
  // OrderedDict(), Counter(dict)
  bool MakeDict(const std::vector<PickleId>& given) {
    if (given.size() > 1 || (given.size() == 1 && tree_.values[given[0]].kind != Kind::kDict))
      Damaged("a dict made of something else");
    if (given.empty()) {
      Push({.kind = Kind::kDict, .whole = true});
    } else {
      Push(given[0]);
    }
    return true;
  }
  // An OrderedDict's attributes: `_metadata` with the versions of modules, which changes no tensor.
  bool State() {
    const PickleId state = Pop();
    if (tree_.values[state].kind != Kind::kDict || !Top(Kind::kDict, "dict").whole)
      RefuseForm(where_, "an object with a state of its own", "tensors and plain containers");
    return true;
  }

  const std::string_view pickle_;
  const std::string& where_;
  size_t at_ = 0;
  PickleTree tree_;
  std::vector<PickleId> stack_;
  std::vector<size_t> marks_;  // heights of the stack
  std::unordered_map<uint32_t, PickleId> memory_;
};

}  // namespace

PickleTree ReadPickle(std::string_view pickle, const std::string& where) {
  return Machine(pickle, where).Run();
}

}  // namespace bcr::internal
