#include "tests/chaos/witnesses.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <fstream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <utility>

namespace callboard::chaos {

namespace {

namespace json = boost::json;

std::optional<claim::kind> kind_of(std::string_view message) {
  using enum claim::kind;
  if (message == "job completed")
    return completed;
  if (message == "job will be retried")
    return retried;
  if (message == "job rescheduled")
    return rescheduled;
  if (message == "job moved to the dead letters")
    return dead;
  if (message.starts_with("late outcome refused"))
    return fenced;
  return std::nullopt;
}

std::string text_of(const json::object& line, std::string_view key) {
  const auto* value = line.if_contains(key);
  return value && value->is_string() ? std::string{value->get_string()}
                                     : std::string{};
}

std::optional<claim> claim_in(const std::string& line) {
  boost::system::error_code fault;
  auto value = json::parse(line, fault);
  if (fault || !value.is_object())
    return std::nullopt;
  const auto& object = value.get_object();
  auto kind = kind_of(text_of(object, "message"));
  auto fence = text_of(object, "fence");
  if (!kind || fence.empty())
    return std::nullopt;
  return claim{*kind,
               text_of(object, "job_id"),
               std::stoll(fence),
               {},
               text_of(object, "error")};
}

} // namespace

ledger_reader::ledger_reader(std::string path) : path_{std::move(path)} {}

std::vector<ledger_line> ledger_reader::more() {
  std::vector<ledger_line> lines;
  std::ifstream file{path_, std::ios::binary};
  file.seekg(read_);
  std::string text;
  while (std::getline(file, text) && !file.eof()) {
    read_ += static_cast<std::streamoff>(text.size()) + 1;
    auto line = parse_ledger_line(text);
    if (!line)
      throw std::runtime_error{"not a line of a ledger: " + text};
    lines.push_back(std::move(*line));
  }
  return lines;
}

std::vector<performance>
performances_of(const std::vector<ledger_line>& lines) {
  std::vector<performance> all;
  // A handler may begin twice with one fence only by a fault of ours, which
  // the rules are to see.
  std::map<std::tuple<std::string, std::int64_t, std::string>, std::size_t>
      open;
  for (const auto& line : lines) {
    std::tuple key{line.id, line.fence, line.life};
    auto found = open.find(key);
    if (line.begins || found == open.end()) {
      open[key] = all.size();
      all.push_back({.id = line.id,
                     .fence = line.fence,
                     .attempt = line.attempt,
                     .steps = line.steps,
                     .life = line.life,
                     .began = line.begins ? line.at : 0,
                     .result = {}});
    }
    if (!line.begins) {
      auto& one = all[open[key]];
      one.ended = line.at;
      one.result = line.result;
    }
  }
  return all;
}

std::vector<claim> claims_in(const std::string& log_file,
                             const std::string& life) {
  std::vector<claim> all;
  std::ifstream file{log_file, std::ios::binary};
  for (std::string line; std::getline(file, line);)
    if (auto one = claim_in(line)) {
      one->life = life;
      all.push_back(std::move(*one));
    }
  return all;
}

} // namespace callboard::chaos
