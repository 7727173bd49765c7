#include "tests/sandbox/api/decode.h"

#include <httplib.h>

#include <algorithm>
#include <cctype>

#include "tests/sandbox/form.h"

namespace fsft::sandbox {
namespace {

std::string LowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool IsOurOwn(const std::string& name) {  // httplib puts the addresses among the headers
  return name == "REMOTE_ADDR" || name == "REMOTE_PORT" || name == "LOCAL_ADDR" ||
         name == "LOCAL_PORT";
}

// What has a file name is a file, as browsers and libcurl send it; all else is a field.
absl::StatusOr<Json> DecodeMultipart(const httplib::Request& request, Call& call) {
  Fields fields;
  for (const auto& [name, part] : request.files) {
    const bool is_file = !part.filename.empty();
    if (is_file) {
      call.files.push_back({name, part.filename, part.content_type, part.content});
    } else {
      fields.emplace_back(name, part.content);
    }
  }
  return BuildTree(fields);
}

absl::StatusOr<Json> DecodeBody(const httplib::Request& request, Call& call) {
  const std::string type = LowerCase(request.get_header_value("Content-Type"));
  if (type.starts_with("multipart/form-data")) return DecodeMultipart(request, call);
  if (!type.starts_with("application/json")) return DecodeForm(request.body);
  Json body = request.body.empty() ? Json::object() : Json::parse(request.body, nullptr, false);
  if (!body.is_object()) return absl::InvalidArgumentError("The body is not a JSON object");
  return body;
}

}  // namespace

absl::StatusOr<Call> DecodeCall(const httplib::Request& request) {
  Call call;
  call.method = request.method;
  call.path = request.path;
  if (const auto id = request.path_params.find("id"); id != request.path_params.end()) {
    call.id = id->second;
  }
  for (const auto& [name, value] : request.headers) {
    if (!IsOurOwn(name)) call.headers.emplace_back(LowerCase(name), value);
  }
  call.raw_body = request.body;
  // Not request.params: httplib mixes the fields of the body into it.
  const size_t question = request.target.find('?');
  const std::string query =
      question == std::string::npos ? "" : request.target.substr(question + 1);
  absl::StatusOr<Json> query_tree = DecodeForm(query);
  if (!query_tree.ok()) return query_tree.status();
  call.query = *std::move(query_tree);
  absl::StatusOr<Json> form = DecodeBody(request, call);
  if (!form.ok()) return form.status();
  call.form = *std::move(form);
  return call;
}

}  // namespace fsft::sandbox
