#include "app/cli/remote.hpp"

#include "app/cli/text.hpp"

namespace callboard::app {

std::variant<std::unique_ptr<remote_client>, exit_code>
reach(console& io, const node_options& where) {
  remote_options options{.nodes = where.nodes, .timeout = where.timeout};
  const auto& tls = where.tls;
  auto given = !tls.certificate.empty() + !tls.key.empty() + !tls.ca.empty();
  if (given != 0 && given != 3)
    return complain(io,
                    "--tls-certificate, --tls-key and --tls-ca go together; "
                    "see callboard enqueue --help",
                    exit_code::usage);
  if (given == 3)
    options.tls = tls;
  try {
    return std::make_unique<remote_client>(std::move(options));
  } catch (const failure& what) {
    return complain(io, what.why());
  }
}

} // namespace callboard::app
