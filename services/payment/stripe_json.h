#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

// How we read Stripe's objects. Absent, null and of another type are all "not there": Stripe adds
// fields and expands them as it likes.
namespace fsft::payment {

// Empty when it is not there, or has a zero byte, which no database takes.
std::string TextOf(const nlohmann::json& object, const char* name);
// Zero when it is not there.
int64_t IntegerOf(const nlohmann::json& object, const char* name);
// The object itself, or an empty one.
const nlohmann::json& ObjectOf(const nlohmann::json& object, const char* name);
// The id of a linked object, which Stripe sends as its id, or whole when it is expanded.
std::string LinkedIdOf(const nlohmann::json& object, const char* name);
// One of the ids that we have put into the metadata; empty unless it is a UUID.
std::string OurIdOf(const nlohmann::json& object, const char* name);

}  // namespace fsft::payment
