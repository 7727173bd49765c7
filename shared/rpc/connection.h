#pragma once

#include <chrono>

// What both ends of a connection must agree on, kept in one place so that they do.
namespace fsft::rpc {

// A peer that vanished without a word (a pulled cable, a frozen node) is noticed after the sum of
// the two. The server tolerates pings down to half the interval; below that it would hang up with
// "too many pings".
inline constexpr std::chrono::milliseconds kKeepaliveInterval = std::chrono::seconds(20);
inline constexpr std::chrono::milliseconds kKeepaliveTimeout = std::chrono::seconds(5);
inline constexpr std::chrono::milliseconds kShortestPingInterval = kKeepaliveInterval / 2;

// Error details travel as trailing metadata, for which gRPC's own limit is 8 KiB: a form with many
// wrong fields exceeds it, and the caller would see RESOURCE_EXHAUSTED instead of the fields.
inline constexpr int kMaxMetadataBytes = 32 << 10;

inline constexpr char kRequestIdHeader[] = "x-request-id";
inline constexpr char kTraceparentHeader[] = "traceparent";
// The order that a call is made for, where the message itself does not say it.
inline constexpr char kPaymentIdHeader[] = "x-payment-id";

inline int Milliseconds(std::chrono::milliseconds time) { return static_cast<int>(time.count()); }

}  // namespace fsft::rpc
