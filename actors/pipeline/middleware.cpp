#include "actors/pipeline/middleware.hpp"

#include "store/model/job_id.hpp"

#include <exception>

namespace callboard {

handler chain(const std::vector<middleware>& layers, handler inner) {
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer)
    inner = (*layer)(std::move(inner));
  return inner;
}

middleware ensure_request_id() {
  return [](handler next) -> handler {
    return [next = std::move(next)](const job& work, context& ctx) {
      if (ctx.request_id().empty())
        ctx.request_id(new_request_id());
      return next(work, ctx);
    };
  };
}

middleware recover_exceptions() {
  return [](handler next) -> handler {
    return [next = std::move(next)](const job& work, context& ctx) -> outcome {
      try {
        return next(work, ctx);
      } catch (const std::exception& x) {
        return move_to_dlq(x.what());
      } catch (...) {
        return move_to_dlq("unknown exception");
      }
    };
  };
}

handler standard_chain(const std::vector<middleware>& users, handler inner) {
  return chain({ensure_request_id(), recover_exceptions()},
               chain(users, std::move(inner)));
}

} // namespace callboard
