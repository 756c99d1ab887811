#include "tests/store/machine/subject.hpp"

#include <algorithm>
#include <regex>
#include <sstream>

namespace callboard::machine {

namespace {

void tell(std::ostream& out, const seen_job& x) {
  out << "  " << x.id << ' ' << x.queue << ' ' << to_string(x.state)
      << " priority " << x.priority << " attempt " << x.attempt << '/'
      << x.max_attempts << " crashes " << x.crashes << " lease " << x.lease
      << " node '" << x.node << "'" << (x.cancelled ? " cancelled" : "")
      << " run_at " << x.run_at.count() / 1000 << " created_at "
      << x.created_at.count() / 1000 << " updated_at "
      << x.updated_at.count() / 1000 << " arg '" << x.arg << "' error '"
      << x.error << "'\n";
}

} // namespace

std::string describe(std::vector<seen_job> jobs,
                     const std::vector<queue_counts>& counts) {
  std::stable_sort(jobs.begin(), jobs.end(),
                   [](const auto& x, const auto& y) { return x.id < y.id; });
  std::ostringstream out;
  for (const auto& one : jobs)
    tell(out, one);
  for (const auto& x : counts)
    out << "  " << x.queue << ": waiting " << x.waiting.value << " delayed "
        << x.delayed.value << " running " << x.running.value << " suspect "
        << x.suspect.value << " dead " << x.dead.value << " oldest due "
        << (x.oldest_due ? x.oldest_due->count() / 1000 : -1) << '\n';
  return out.str();
}

std::string describe(const std::vector<cancel_answer>& answers) {
  std::string text;
  for (auto one : answers)
    text += one == cancel_answer::removed ? "removed "
            : one == cancel_answer::asked ? "asked "
                                          : "unknown ";
  return text;
}

std::string describe(std::vector<std::size_t> leases) {
  std::sort(leases.begin(), leases.end());
  std::string text{"leases"};
  for (auto one : leases)
    text += " " + std::to_string(one);
  return text;
}

std::string describe(const lease_batch& batch, std::size_t first_lease) {
  std::ostringstream out;
  for (const auto& one : batch.jobs)
    out << one.value.id << " as lease " << ++first_lease << " attempt "
        << one.value.attempt << (one.suspect ? " suspect" : "")
        << (one.recorded ? " recorded" : "") << " arg '" << one.value.arg
        << "'; ";
  std::vector<std::string> exhausted;
  for (const auto& one : batch.exhausted)
    exhausted.push_back(one.id + " '" + plain(one.last_error) + "'");
  std::sort(exhausted.begin(), exhausted.end());
  for (const auto& one : exhausted)
    out << "exhausted " << one << "; ";
  return out.str();
}

std::string describe(reclaim_report report) {
  std::sort(report.nodes.begin(), report.nodes.end());
  std::vector<std::string> dead;
  for (const auto& one : report.dead)
    dead.push_back(one.id + " '" + plain(one.last_error) + "'");
  std::sort(dead.begin(), dead.end());
  std::ostringstream out;
  out << "missed " << report.missed << " freed " << report.freed << " dead:";
  for (const auto& one : report.nodes)
    out << ' ' << one;
  for (const auto& one : dead)
    out << ' ' << one;
  return out.str();
}

std::string plain(const std::string& error) {
  static const std::regex incarnation{", incarnation -?[0-9]+"};
  static const std::regex moment{" at [-0-9]+ [:.0-9]+ UTC"};
  return std::regex_replace(std::regex_replace(error, incarnation, ""), moment,
                            "");
}

} // namespace callboard::machine
