#pragma once

#include "actors/pipeline/handler.hpp"
#include "app/handlers/handler_environment.hpp"
#include "config/settings.hpp"
#include "store/model/error.hpp"

namespace callboard::app {

/// POSTs the arg to an endpoint, with the facts as headers: X-Request-Id,
/// Callboard-Job-Id, -Queue, -Type, -Attempt, -Fence. In their values every
/// byte that is not printable ASCII, blanks and % are percent-encoded, so that
/// no job can add a header. The type of the content is
/// application/octet-stream unless the settings say otherwise. The answer:
///
///   - 2xx completes;
///   - 408, 425, 429 and 503 retry after Retry-After (seconds or a date, a day
///     at most), without it by the retry policy;
///   - 3xx (redirects are not followed) and other 4xx go to the dead letters;
///   - 5xx, anything that is no HTTP, a connection that fails, the deadline and
///     a stop fail by the retry policy.
///
/// The beginning of the body becomes part of the error.
[[nodiscard]] result<handler>
make_http_handler(const config::http_settings& from,
                  const handler_environment& where);

} // namespace callboard::app
