#include "actors/pipeline/middleware.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace callboard;

namespace {

// Writes its name when a call goes in and when it comes out.
middleware tracing(std::string name, std::vector<std::string>& trace) {
  return [name, &trace](handler next) -> handler {
    return [name, &trace, next](const job& work, context& ctx) {
      trace.push_back("> " + name);
      auto answer = next(work, ctx);
      trace.push_back("< " + name);
      return answer;
    };
  };
}

outcome call(const handler& what, job work = {}) {
  context ctx{work, 1, {}, std::nullopt, {}};
  return what(work, ctx);
}

} // namespace

TEST_CASE("the first layer of a chain is the outermost") {
  std::vector<std::string> trace;
  auto composed = chain({tracing("a", trace), tracing("b", trace)},
                        [&](const job&, context&) {
                          trace.push_back("handler");
                          return complete();
                        });
  CHECK(call(composed) == outcome{completed{}});
  CHECK(trace
        == std::vector<std::string>{"> a", "> b", "handler", "< b", "< a"});
}

TEST_CASE("a chain without layers is the handler") {
  auto composed = chain({}, [](const job&, context&) { return fail("inner"); });
  CHECK(call(composed) == outcome{failed{"inner"}});
}

TEST_CASE("a job without a request id gets a new one") {
  std::string seen;
  auto composed = chain({ensure_request_id()}, [&](const job&, context& ctx) {
    seen = ctx.request_id();
    return complete();
  });
  call(composed);
  auto first = seen;
  CHECK(first.size() == 32);
  call(composed);
  CHECK(seen != first);
}

TEST_CASE("a job's own request id goes through the chain untouched") {
  std::string seen;
  auto composed = standard_chain({}, [&](const job&, context& ctx) {
    seen = ctx.request_id();
    return complete();
  });
  call(composed, {.request_id = "r1"});
  CHECK(seen == "r1");
}

TEST_CASE("an exception becomes a dead letter with its text") {
  auto composed = standard_chain({}, [](const job&, context&) -> outcome {
    throw std::runtime_error{"no such user"};
  });
  CHECK(call(composed) == outcome{dead{"no such user"}});
}

TEST_CASE("an exception that is no std::exception is an unknown one") {
  auto composed
      = standard_chain({}, [](const job&, context&) -> outcome { throw 42; });
  CHECK(call(composed) == outcome{dead{"unknown exception"}});
}

TEST_CASE("the user's middlewares stand inside request id and recovery") {
  std::string seen;
  middleware throwing = [&](handler) -> handler {
    return [&](const job&, context& ctx) -> outcome {
      seen = ctx.request_id();
      throw std::runtime_error{"in a middleware"};
    };
  };
  auto composed = standard_chain(
      {throwing}, [](const job&, context&) { return complete(); });
  CHECK(call(composed) == outcome{dead{"in a middleware"}});
  CHECK(seen.size() == 32);
}

TEST_CASE("a middleware can answer without calling the handler") {
  auto called = false;
  middleware refusing = [](handler) -> handler {
    return [](const job&, context&) {
      return fail("not today");
    };
  };
  auto composed = standard_chain({refusing}, [&](const job&, context&) {
    called = true;
    return complete();
  });
  CHECK(call(composed) == outcome{failed{"not today"}});
  CHECK_FALSE(called);
}
