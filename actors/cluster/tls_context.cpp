#include "actors/cluster/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <fstream>

namespace callboard::actors {

namespace {

namespace ssl = boost::asio::ssl;

error wrong(const std::string& what, const std::string& file,
            const std::string& why) {
  return {errc::invalid_config, "TLS " + what + " " + file + ": " + why};
}

// Ours, so that OpenSSL never asks for a pass phrase on the terminal.
int no_pass_phrase(char*, int, int, void*) {
  return 0;
}

std::string text(ASN1_STRING* value) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
          static_cast<std::size_t>(ASN1_STRING_length(value))};
}

std::string last_problem() {
  char buffer[256] = "no reason given";
  if (auto code = ERR_peek_last_error())
    ERR_error_string_n(code, buffer, sizeof buffer);
  ERR_clear_error();
  return buffer;
}

std::string common_name(X509* certificate) {
  auto* subject = X509_get_subject_name(certificate);
  auto at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0)
    return {};
  return text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
}

bool readable(const std::string& file) {
  return std::ifstream{file}.good();
}

} // namespace

result<tls_context_ptr> make_tls_context(const tls_files& files) {
  ERR_clear_error();
  auto made = std::make_shared<ssl::context>(ssl::context::tls);
  auto* raw = made->native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_3_VERSION);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(raw, 0);
  SSL_CTX_set_default_passwd_cb(raw, no_pass_phrase);
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     nullptr);
  SSL_CTX_set_verify_depth(raw, 4);
  if (!readable(files.certificate))
    return wrong("certificate", files.certificate, "can't be read");
  if (!readable(files.key))
    return wrong("key", files.key, "can't be read");
  if (!readable(files.ca))
    return wrong("authority", files.ca, "can't be read");
  if (SSL_CTX_use_certificate_chain_file(raw, files.certificate.c_str()) != 1)
    return wrong("certificate", files.certificate,
                 "is no PEM certificate (" + last_problem() + ")");
  if (SSL_CTX_use_PrivateKey_file(raw, files.key.c_str(), SSL_FILETYPE_PEM)
      != 1)
    return wrong("key", files.key,
                 "is no PEM key without pass phrase that belongs to the "
                 "certificate ("
                     + last_problem() + ")");
  if (SSL_CTX_load_verify_locations(raw, files.ca.c_str(), nullptr) != 1)
    return wrong("authority", files.ca,
                 "holds no PEM certificate (" + last_problem() + ")");
  auto* own = SSL_CTX_get0_certificate(raw);
  if (X509_cmp_current_time(X509_get0_notAfter(own)) < 0)
    return wrong("certificate", files.certificate, "has expired; renew it");
  return made;
}

std::vector<std::string> peer_names(SSL* connection) {
  std::vector<std::string> names;
  auto* certificate = SSL_get0_peer_certificate(connection);
  if (!certificate)
    return names;
  auto* all = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; all && i < sk_GENERAL_NAME_num(all); ++i) {
    auto* one = sk_GENERAL_NAME_value(all, i);
    if (one->type == GEN_DNS)
      names.push_back(text(one->d.dNSName));
  }
  GENERAL_NAMES_free(all);
  if (names.empty())
    if (auto name = common_name(certificate); !name.empty())
      names.push_back(std::move(name));
  return names;
}

} // namespace callboard::actors
