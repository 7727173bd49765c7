#include "tests/fuzz/filled.h"

#include <google/protobuf/descriptor.h>

#include <string>

namespace fsft::test {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

const EnumValueDescriptor* ValueOf(const FieldDescriptor& field, int variant) {
  // The first says nothing, and no service sends it.
  const int count = field.enum_type()->value_count();
  return field.enum_type()->value(count == 1 ? 0 : 1 + variant % (count - 1));
}

void FillSingle(Message& message, const FieldDescriptor& field, int variant) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.SetString(&message, &field, "\"<0192f7a4-\xC3\xA9>\"");
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(&message, &field, variant);
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.SetInt64(&message, &field, 1'000'000'000 + variant);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&message, &field, variant % 2 == 1);
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnum(&message, &field, ValueOf(field, variant));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Fill(*reflection.MutableMessage(&message, &field), variant);
    default:
      return;  // no contract of ours has others
  }
}

void FillRepeated(Message& message, const FieldDescriptor& field, int variant) {
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i <= variant % 2; ++i) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Fill(*reflection.AddMessage(&message, &field), variant + i);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      reflection.AddString(&message, &field, std::to_string(i));
    }
  }
}

}  // namespace

void Fill(Message& message, int variant) {
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    if (field.is_repeated()) {
      FillRepeated(message, field, variant);
    } else {
      FillSingle(message, field, variant);
    }
  }
}

}  // namespace fsft::test
