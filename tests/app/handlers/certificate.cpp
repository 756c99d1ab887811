#include "tests/app/handlers/certificate.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace callboard::app {

namespace {

template <class T, void (*Free)(T*)>
struct releaser {
  void operator()(T* x) const { Free(x); }
};

using certificate = std::unique_ptr<X509, releaser<X509, X509_free>>;
using key = std::unique_ptr<EVP_PKEY, releaser<EVP_PKEY, EVP_PKEY_free>>;

void extend(X509* to, int what, const char* value) {
  auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value);
  X509_add_ext(to, extension, -1);
  X509_EXTENSION_free(extension);
}

template <class Write>
void write(const std::string& path, Write how) {
  auto* file = std::fopen(path.c_str(), "w");
  if (!file || how(file) != 1)
    throw std::runtime_error{"can't write " + path};
  std::fclose(file);
}

} // namespace

void write_certificate(const std::string& certificate_path,
                       const std::string& key_path) {
  key secret{EVP_EC_gen("P-256")};
  certificate made{X509_new()};
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_set_pubkey(made.get(), secret.get());
  auto* name = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(
      name, "CN", MBSTRING_ASC,
      reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(made.get(), name);
  extend(made.get(), NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost");
  extend(made.get(), NID_basic_constraints, "critical,CA:TRUE");
  if (X509_sign(made.get(), secret.get(), EVP_sha256()) == 0)
    throw std::runtime_error{"can't sign the certificate"};
  write(certificate_path,
        [&](auto* file) { return PEM_write_X509(file, made.get()); });
  write(key_path, [&](auto* file) {
    return PEM_write_PrivateKey(file, secret.get(), nullptr, nullptr, 0,
                                nullptr, nullptr);
  });
}

} // namespace callboard::app
