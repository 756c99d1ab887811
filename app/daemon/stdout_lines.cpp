#include "app/daemon/stdout_lines.hpp"

#include <spdlog/sinks/base_sink.h>

#include <cstdio>
#include <memory>
#include <mutex>

namespace callboard::app {

namespace {

class sink final : public spdlog::sinks::base_sink<std::mutex> {
  void sink_it_(const spdlog::details::log_msg& line) override {
    spdlog::memory_buf_t text;
    formatter_->format(line, text);
    std::fwrite(text.data(), 1, text.size(), stdout);
  }

  void flush_() override {}
};

} // namespace

spdlog::sink_ptr stdout_lines() {
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  return std::make_shared<sink>();
}

} // namespace callboard::app
