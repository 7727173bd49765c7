#pragma once

#include <filesystem>
#include <memory>
#include <string>

struct evp_pkey_st;
struct x509_st;

namespace fsft::rpc {

// A directory below the system's temporary one, removed at the end of the scope.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A certificate authority for one test.
class TestAuthority {
 public:
  TestAuthority();
  ~TestAuthority();

  // Writes ca.crt, tls.crt and tls.key of a new certificate for the DNS name into `directory`, and
  // makes it if needed. `trust` is whom the holder trusts, when that is somebody else; `subject` is
  // its common name, when that is not the DNS name.
  void Issue(const std::filesystem::path& directory, const std::string& dns_name,
             const TestAuthority* trust = nullptr, const std::string& subject = "") const;

  // The certificate of the authority itself.
  std::string Pem() const;

 private:
  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
};

// Makes the symbolic link `link` point to `target` in one step, which is how certificates are
// replaced.
void PointTo(const std::filesystem::path& link, const std::filesystem::path& target);

}  // namespace fsft::rpc
