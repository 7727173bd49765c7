// Messages with something in every field, so that a handler has something to write in each.
#pragma once

#include <google/protobuf/message.h>

namespace fsft::test {

// `variant` chooses among the values of enums, and whether a repeated field has one element or two.
void Fill(google::protobuf::Message& message, int variant);

}  // namespace fsft::test
