#pragma once

#include <string>
#include <string_view>

namespace fsft::logging {

// What ties the lines of one request together, in this process and in those it calls.
struct Context {
  std::string request_id;
  std::string traceparent;  // W3C Trace Context; empty when there is none
  // The order that it is about, once that is known: every line from then on carries it.
  std::string payment_id = {};
  // What happens every few seconds and says nothing when all goes well: see BeRoutine.
  bool routine = false;
};

// Makes a context the current one of this thread until the end of the scope. A thread that
// continues another's work copies Current() and opens its own scope.
class ScopedContext {
 public:
  explicit ScopedContext(Context context);
  ~ScopedContext();
  ScopedContext(const ScopedContext&) = delete;
  ScopedContext& operator=(const ScopedContext&) = delete;

 private:
  Context context_;
  Context* const outer_;
};

// The innermost context of this thread; an empty one outside of any. Valid until that scope ends.
const Context& Current();

// From here to the end of the innermost scope the lines of this thread, and of whom it calls, are
// about this order. Without a scope, or with an empty id, nothing happens.
void SetPaymentId(std::string_view payment_id);

// What the innermost scope does is asked for all the time: the one line that tells of its end is
// for debugging only, unless it ends badly.
void BeRoutine();

// For work of our own on one order: the request id of the step that found the order, and the order's
// own trace, whose id is the payment's without its hyphens; so that all that is ever done for an
// order in the background, by any process, is one trace.
Context ForOrder(std::string_view payment_id);

// For the edge of the suite: the gateway, and workers that start on their own.
std::string NewRequestId();

// Whether an id from outside may be taken over: 1 to 128 characters of [A-Za-z0-9._-], so that
// nobody can write sentences into our logs.
bool IsRequestId(std::string_view text);

// The traceparent to work under and to send on: the caller's trace with a new span, or a new trace
// when `incoming` is empty or malformed (W3C asks for that instead of an error).
std::string ContinueTraceparent(std::string_view incoming);

// The 32 hex digits of the trace; empty when malformed.
std::string_view TraceId(std::string_view traceparent);

}  // namespace fsft::logging
