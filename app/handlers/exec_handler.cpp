#include "app/handlers/exec_handler.hpp"

#include "app/handlers/outcome_file.hpp"
#include "app/handlers/output_log.hpp"
#include "app/handlers/program_path.hpp"
#include "app/handlers/supervise.hpp"
#include "config/duration.hpp"
#include "store/model/new_job.hpp"

#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

extern char** environ;

namespace callboard::app {

namespace {

constexpr int exit_dead = 65;

std::map<std::string, std::string> own_environment() {
  std::map<std::string, std::string> result;
  for (auto** each = environ; each && *each; ++each) {
    std::string_view line{*each};
    if (auto end = line.find('='); end != line.npos)
      result.emplace(line.substr(0, end), line.substr(end + 1));
  }
  return result;
}

std::string with_tail(std::string text, const std::string& tail) {
  return tail.empty() ? text : text + ": " + tail;
}

// One program, as the settings describe it; shared by all calls.
class exec_program {
public:
  exec_program(const config::exec_settings& from,
               const handler_environment& where)
      : settings_{from}, environment_{own_environment()} {
    for (const auto& [name, value] : from.environment)
      environment_.insert_or_assign(name, value);
    start_.arguments = from.command;
    start_.directory = where.base_directory;
  }

  // Finds the program and its folder.
  result<void> resolve(const handler_environment& where);

  outcome perform(const job& work, context& ctx) const;

private:
  outcome run(const job& work, context& ctx) const;
  actors::program_start start_for(const job& work, const context& ctx,
                                  const outcome_file& file) const;
  outcome judge(const supervised_end& end, const outcome_file& file,
                const context& ctx) const;
  std::string describe(const supervised_end& end, const context& ctx) const;

  config::exec_settings settings_;
  /// What messages call the program.
  std::string name_;
  std::map<std::string, std::string> environment_;
  actors::program_start start_;
};

result<void> exec_program::resolve(const handler_environment& where) {
  if (settings_.command.empty())
    return error{errc::invalid_config, "the command names no program"};
  auto written = settings_.written_program;
  // A PATH of the file's own may come from variables, too.
  if (written.empty() && settings_.environment.contains("PATH"))
    written = settings_.command.front();
  auto search = environment_.find("PATH");
  auto path = find_program(settings_.command.front(), where.base_directory,
                           search != environment_.end() ? search->second : "",
                           written);
  if (!path)
    return path.error();
  name_ = shown_name(*path, written);
  start_.path = std::move(*path);
  if (settings_.working_directory.empty())
    return {};
  auto folder = std::filesystem::path{where.base_directory}
                / settings_.working_directory;
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored))
    return error{errc::invalid_config,
                 "the working_directory '"
                     + shown_name(folder.string(), settings_.written_directory)
                     + "' is no folder; make it, or "
                       "correct the path"};
  start_.directory = folder.lexically_normal().string();
  return {};
}

outcome exec_program::perform(const job& work, context& ctx) const {
  // Without memory, descriptors or room for the file another attempt may do.
  try {
    return run(work, ctx);
  } catch (const std::exception& x) {
    return fail("the program '" + name_ + "' was not run: " + x.what());
  }
}

outcome exec_program::run(const job& work, context& ctx) const {
  if (ctx.stop().stop_requested())
    return fail("stopped before the program '" + name_ + "' was started");
  outcome_file file;
  output_log output{ctx};
  auto started = start_piped(start_for(work, ctx, file));
  if (const auto* number = std::get_if<int>(&started))
    return fail("the program '" + name_
                + "' can't be started: " + start_error(*number, start_.path));
  auto end = supervise(std::get<piped_program>(std::move(started)),
                       {.input = work.arg,
                        .deadline = ctx.deadline(),
                        .stop = ctx.stop(),
                        .kill_after = settings_.kill_after,
                        .error_tail = settings_.error_tail,
                        .on_output = [&](std::string_view bytes) {
                          output.take(bytes);
                        }});
  output.finish();
  return judge(end, file, ctx);
}

actors::program_start exec_program::start_for(const job& work,
                                              const context& ctx,
                                              const outcome_file& file) const {
  auto start = start_;
  auto variables = environment_;
  variables["CALLBOARD_JOB_ID"] = work.id;
  variables["CALLBOARD_QUEUE"] = work.queue;
  variables["CALLBOARD_TYPE"] = work.type;
  variables["CALLBOARD_ATTEMPT"] = std::to_string(ctx.attempt());
  variables["CALLBOARD_REQUEST_ID"] = ctx.request_id();
  variables["CALLBOARD_FENCE"] = std::to_string(ctx.fence());
  variables["CALLBOARD_OUTCOME"] = file.path();
  for (const auto& [name, value] : variables)
    start.environment.push_back(name + "=" + value);
  return start;
}

outcome exec_program::judge(const supervised_end& end, const outcome_file& file,
                            const context& ctx) const {
  auto exited = end.program.how == actors::program_end::kind::exited;
  if (!exited || (end.program.code != 0 && end.program.code != exit_dead))
    return fail(describe(end, ctx));
  auto said = file.read(job_limits::arg_bytes);
  if (!said)
    return fail(with_tail(said.error().message, describe(end, ctx)));
  if (*said)
    return std::move(**said);
  if (end.interrupted)
    return fail(describe(end, ctx));
  return end.program.code == 0 ? complete() : move_to_dlq(describe(end, ctx));
}

std::string exec_program::describe(const supervised_end& end,
                                   const context& ctx) const {
  std::string text;
  if (end.timed_out)
    text = ctx.timeout() > duration::zero()
               ? "timed out after " + config::duration_text(ctx.timeout())
               : "timed out";
  else if (end.interrupted)
    text = "stopped (" + std::string{to_string(ctx.why_stopped())} + ")";
  if (!text.empty())
    text += ", ";
  text += to_string(end.program);
  return with_tail(std::move(text), end.error_tail);
}

} // namespace

result<handler> make_exec_handler(const config::exec_settings& from,
                                  const handler_environment& where) {
  auto program = std::make_shared<exec_program>(from, where);
  if (auto found = program->resolve(where); !found)
    return found.error();
  return handler{[shared = std::shared_ptr<const exec_program>{
                      std::move(program)}](const job& work, context& ctx) {
    return shared->perform(work, ctx);
  }};
}

} // namespace callboard::app
