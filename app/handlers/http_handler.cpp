#include "app/handlers/http_handler.hpp"

#include "app/handlers/http_client.hpp"
#include "app/handlers/retry_after.hpp"
#include "config/duration.hpp"
#include "config/web_syntax.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <exception>
#include <filesystem>
#include <memory>
#include <utility>

namespace callboard::app {

namespace {

using headers = std::multimap<std::string, std::string>;

std::string percent_encoded(const std::string& text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (unsigned char c : text)
    if (c > ' ' && c < 0x7f && c != '%')
      result += static_cast<char>(c);
    else
      result += {'%', digits[c >> 4U], digits[c & 15U]};
  return result;
}

bool same_name(const std::string& a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

bool holds_certificates(const std::string& file) {
  std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store{
      X509_STORE_new(), &X509_STORE_free};
  auto good
      = store
        && X509_STORE_load_locations(store.get(), file.c_str(), nullptr) == 1;
  ERR_clear_error();
  return good;
}

// Where the ca_file is; empty: the system's authorities are trusted.
result<std::string> ca_path(const config::http_settings& from,
                            const handler_environment& where) {
  if (from.ca_file.empty())
    return std::string{};
  auto path = (std::filesystem::path{where.base_directory} / from.ca_file)
                  .lexically_normal()
                  .string();
  auto refuse = [&](const std::string& why) {
    return error{errc::invalid_config,
                 "the ca_file '" + shown_name(path, from.written_ca_file) + "' "
                     + why};
  };
  if (::access(path.c_str(), R_OK) != 0)
    return refuse("can't be read; correct the path or its rights");
  if (!holds_certificates(path))
    return refuse("holds no certificate; it must be a PEM file");
  return path;
}

// One endpoint, as the settings describe it; shared by all calls.
class http_endpoint {
public:
  http_endpoint(http_url to, const std::string& written_url,
                std::string ca_file, const handler_environment& where)
      // Without the query, which may hold secrets even if no variable does.
      : name_{shown_name(to.name(),
                         written_url.substr(0, written_url.find('?')))},
        to_{std::move(to)}, ca_file_{std::move(ca_file)}, now_{where.now} {}

  result<void> add_headers(const std::map<std::string, std::string>& from);

  outcome perform(const job& work, context& ctx) const;

private:
  headers headers_for(const job& work, const context& ctx) const;
  outcome judge(const http_answer& answer) const;
  std::string describe(const error& what, duration timeout) const;

  /// What messages call it.
  std::string name_;
  http_url to_;
  std::string ca_file_;
  clock_function now_;
  headers headers_{{"Accept-Encoding", "identity"},
                   {"User-Agent", "callboard"}};
};

result<void>
http_endpoint::add_headers(const std::map<std::string, std::string>& from) {
  auto typed = false;
  for (const auto& [name, value] : from) {
    if (!config::is_header_name(name) || !config::is_header_value(value))
      return error{errc::invalid_config, "the header '" + name
                                             + "' can't be sent; names and "
                                               "values stand on one line"};
    if (config::is_own_header(name))
      return error{errc::invalid_config, "the header '" + name
                                             + "' is set by Callboard; leave "
                                               "it out"};
    std::erase_if(headers_, [&, &replaced = name](const auto& x) {
      return same_name(x.first, replaced);
    });
    headers_.emplace(name, value);
    typed = typed || same_name(name, "Content-Type");
  }
  if (!typed)
    headers_.emplace("Content-Type", "application/octet-stream");
  return {};
}

headers http_endpoint::headers_for(const job& work, const context& ctx) const {
  auto all = headers_;
  all.emplace("X-Request-Id", percent_encoded(ctx.request_id()));
  all.emplace("Callboard-Job-Id", percent_encoded(work.id));
  all.emplace("Callboard-Queue", percent_encoded(work.queue));
  all.emplace("Callboard-Type", percent_encoded(work.type));
  all.emplace("Callboard-Attempt", std::to_string(ctx.attempt()));
  all.emplace("Callboard-Fence", std::to_string(ctx.fence()));
  return all;
}

outcome http_endpoint::perform(const job& work, context& ctx) const {
  // Without memory or descriptors another attempt may do.
  try {
    auto sent = headers_for(work, ctx);
    auto answer = post({.to = to_,
                        .headers = sent,
                        .body = work.arg,
                        .ca_file = ca_file_,
                        .deadline = ctx.deadline(),
                        .stop = ctx.stop()});
    return answer ? judge(*answer)
                  : fail(describe(answer.error(), ctx.timeout()));
  } catch (const std::exception& x) {
    return fail("POST " + name_ + ": " + x.what());
  }
}

std::string http_endpoint::describe(const error& what, duration timeout) const {
  auto text = "POST " + name_ + ": " + what.message;
  if (what.code == errc::timed_out && timeout > duration::zero())
    text += " after " + config::duration_text(timeout);
  return text;
}

// 408 request timeout, 425 too early, 429 too many requests, 503 unavailable:
// the same request may well be taken later.
bool comes_back(int status) {
  return status == 408 || status == 425 || status == 429 || status == 503;
}

outcome http_endpoint::judge(const http_answer& answer) const {
  auto kind = answer.status / 100;
  if (kind == 2)
    return complete();
  auto text = "POST " + name_ + ": HTTP " + std::to_string(answer.status);
  if (kind == 3)
    return move_to_dlq(text + ": redirects are not followed; correct the url");
  if (!answer.body.empty())
    text += ": " + answer.body;
  if (comes_back(answer.status)) {
    auto after = parse_retry_after(answer.retry_after, now_());
    return after ? retry(*after, std::move(text)) : fail(std::move(text));
  }
  return kind == 4 ? move_to_dlq(std::move(text)) : fail(std::move(text));
}

} // namespace

result<handler> make_http_handler(const config::http_settings& from,
                                  const handler_environment& where) {
  auto to = parse_http_url(from.url);
  if (!to)
    return to.error();
  auto ca_file = ca_path(from, where);
  if (!ca_file)
    return ca_file.error();
  auto endpoint = std::make_shared<http_endpoint>(
      std::move(*to), from.written_url, std::move(*ca_file), where);
  if (auto added = endpoint->add_headers(from.headers); !added)
    return added.error();
  return handler{[shared = std::shared_ptr<const http_endpoint>{
                      std::move(endpoint)}](const job& work, context& ctx) {
    return shared->perform(work, ctx);
  }};
}

} // namespace callboard::app
