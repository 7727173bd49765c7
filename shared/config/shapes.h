#pragma once

#include <string_view>

// What texts of the configuration must look like. Checked at the start, so that a wrong one stops
// the program at once and by its name, instead of failing the first order.
namespace fsft::config {

// "0.0.0.0:50051", "[::]:8000", "localhost:0" (port 0: the kernel chooses).
bool IsAddress(std::string_view text);

// What gRPC can connect to: an address, "dns:///intake:50051",
// "ipv4:10.0.0.1:50051,10.0.0.2:50051".
bool IsTarget(std::string_view text);

// "https://api.example.com/v1": a base to append paths to, so without user, query and fragment.
bool IsHttpUrl(std::string_view text);

// "https://example.com", or "*".
bool IsOrigin(std::string_view text);

bool IsPostgresUrl(std::string_view text);
bool IsSmtpUrl(std::string_view text);

// "letters@example.com", "FightSFTickets <letters@example.com>".
bool IsMailbox(std::string_view text);

// "10.0.0.0/8", "::1".
bool IsNetwork(std::string_view text);

// "us-ca-san_francisco", "all" or "none".
bool IsCity(std::string_view text);

// Printable ASCII without spaces.
bool IsWord(std::string_view text);

// A decimal number without sign, spaces or leading zeros that fits; -1 otherwise.
long ParseNumber(std::string_view text);

}  // namespace fsft::config
