#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "shared/rpc/client.h"
#include "shared/work/gathering.h"

namespace fsft::gateway {

// Calls of one method that come together go together, as one call of its plural: what a call costs
// is mostly the same for one as for many. They travel under the request id of one of them. A refusal
// of the call is told to all; what the plural does not answer is called by itself. Thread-safe.
//
// A Kind says of what:
//   Service, Request, Response     the method's
//   Requests, Responses            its plural's
//   kOne, kMany                    both as rpc::Client calls them
//   GoesAlone(const Request&)      whether the plural would not answer it anyway
//   Add(Requests&)                 a new Request in it, to be filled
//   ElementsOf(Responses&)         what is answered to each, in the order of the requests
//   AnswerIn(element)              the Response, if it is one
template <class Kind>
class Together {
 public:
  using Request = typename Kind::Request;
  using Response = typename Kind::Response;

  // `client` outlives it.
  explicit Together(const rpc::Client<typename Kind::Service>& client)
      : client_(client),
        // A call that fails by itself, like one that cannot be read, may be the fault of one.
        gathering_({.at_once = 1, .most = kMost, .may_be_of_one = absl::IsInternal},
                   [this](std::span<const Request* const> requests, rpc::Deadline deadline) {
                     return Send(requests, deadline);
                   }) {}

  // As the method itself. Blocks until `deadline`, or the latest deadline of those it went with.
  absl::StatusOr<Response> Call(const Request& request, rpc::Deadline deadline) {
    if (Kind::GoesAlone(request) || request.ByteSizeLong() > kLargest) {
      return CallAlone(request, deadline);
    }
    absl::StatusOr<Answer> answer = gathering_.Call(request, deadline);
    // A service of the last release, while a new one is being rolled out.
    if (absl::IsUnimplemented(answer.status())) return CallAlone(request, deadline);
    if (!answer.ok()) return answer.status();
    if (!answer->has_value()) return CallAlone(request, deadline);
    return **std::move(answer);
  }

 private:
  using Answer = std::optional<Response>;

  // In bytes. An event has a few thousand, an appeal little more; with a signature it may be larger.
  static constexpr size_t kLargest = 32 << 10;
  // A service takes a hundred together, and messages of 4 MiB.
  static constexpr size_t kMost = 64;
  static_assert(kLargest * kMost < 3 << 20);

  absl::StatusOr<Response> CallAlone(const Request& request, rpc::Deadline deadline) {
    return client_.Call(Kind::kOne, request, deadline);
  }

  absl::StatusOr<std::vector<Answer>> Send(std::span<const Request* const> requests,
                                           rpc::Deadline deadline) {
    if (requests.size() == 1) return SendOne(*requests.front(), deadline);
    typename Kind::Requests together;
    for (const Request* request : requests) Kind::Add(together) = *request;
    auto responses = client_.Call(Kind::kMany, together, deadline);
    if (!responses.ok()) return responses.status();
    std::vector<Answer> answers;
    for (auto& element : Kind::ElementsOf(*responses)) answers.push_back(Kind::AnswerIn(element));
    return answers;
  }

  // Without the detour of those that the plural does not answer, which go once more.
  absl::StatusOr<std::vector<Answer>> SendOne(const Request& request, rpc::Deadline deadline) {
    absl::StatusOr<Response> response = CallAlone(request, deadline);
    if (!response.ok()) return response.status();
    return std::vector<Answer>{*std::move(response)};
  }

  const rpc::Client<typename Kind::Service>& client_;
  work::Gathering<Request, Answer> gathering_;
};

}  // namespace fsft::gateway
