#include "tests/support/pooler.hpp"

#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

namespace callboard::test {

namespace {

int free_port() {
  int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof where;
  auto* plain = reinterpret_cast<sockaddr*>(&where);
  bool known = ::bind(socket, plain, size) == 0
               && ::getsockname(socket, plain, &size) == 0;
  ::close(socket);
  if (!known)
    throw std::runtime_error{"no free port for pgbouncer"};
  return ntohs(where.sin_port);
}

// It refuses to run as root.
uid_t user_for_pgbouncer() {
  if (::geteuid() != 0)
    return 0;
  const auto* postgres = ::getpwnam("postgres");
  if (!postgres)
    throw std::runtime_error{"there is no user postgres: install postgresql"};
  return postgres->pw_uid;
}

void write(const std::string& path, const std::string& text) {
  std::ofstream file{path};
  file << text;
  file.close();
  if (!file || ::chmod(path.c_str(), 0644) != 0)
    throw std::runtime_error{path + " can't be written"};
}

} // namespace

pooler::pooler(int sessions) : port_{free_port()} {
  // postgresql://user@host:port/database
  auto url = postgres_url();
  auto at = url.find('@');
  auto user = url.find("://") + 3;
  auto slash = url.find('/', at);
  if (at == url.npos || slash == url.npos)
    throw std::runtime_error{"the URL of the tests' server is not as expected"};
  user_ = url.substr(user, at - user);
  server_ = url.substr(at + 1, slash - at - 1);
  database_ = url.substr(slash + 1);
  auto colon = server_.rfind(':');
  write(folder_.path() + "/users", "\"" + user_ + "\" \"\"\n");
  write(folder_.path() + "/pgbouncer.ini",
        "[databases]\n* = host=" + server_.substr(0, colon)
            + " port=" + server_.substr(colon + 1)
            + "\n[pgbouncer]\n"
              "listen_addr = 127.0.0.1\nlisten_port = "
            + std::to_string(port_) + "\nunix_socket_dir =\nauth_type = trust\n"
            + "auth_file = " + folder_.path()
            + "/users\npool_mode = transaction\ndefault_pool_size = "
            + std::to_string(sessions) + "\nserver_reset_query =\n");
  if (::chmod(folder_.path().c_str(), 0755) != 0)
    throw std::runtime_error{folder_.path() + " can't be opened for others"};
  start_options options;
  options.user = user_for_pgbouncer();
  options.directory = folder_.path();
  program_ = std::make_unique<process>(
      std::vector<std::string>{"/usr/sbin/pgbouncer",
                               folder_.path() + "/pgbouncer.ini"},
      options);
  program_->await_line("process up");
}

std::string pooler::url(const std::string& parameters) const {
  return "postgresql://" + user_ + "@127.0.0.1:" + std::to_string(port_) + "/"
         + database_ + parameters;
}

} // namespace callboard::test
