"""The gRPC contracts as data: every service and method, from the build's descriptor set."""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from harness import paths


def methods() -> list:
    """("fightsftickets.intake.v1.OrdersService", "Put") for every method of ours."""
    files = descriptor_pb2.FileDescriptorSet.FromString(
        (paths.preset_dir() / "proto" / "descriptors.binpb").read_bytes())
    return [(f"{file.package}.{service.name}", method.name)
            for file in files.file if file.package.startswith("fightsftickets.")
            for service in file.service for method in service.method]


def program_of(service: str) -> str:
    """The program that answers for a gRPC service."""
    return service.split(".")[1]


def reflected_services(channel) -> set:
    """The names of the services that a server says it has."""
    call = channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                 request_serializer=lambda message: message.SerializeToString(),
                                 response_deserializer=_Response.FromString)
    (answer,) = call(iter([_Request(list_services="*")]), timeout=10)
    return {service.name for service in answer.list_services_response.service}


def _reflection_messages():
    """The part of grpc/reflection/v1alpha/reflection.proto that listing services needs.

    Debian packages no Python module of it.
    """
    file = descriptor_pb2.FileDescriptorProto(name="reflection.proto", package="reflection")
    string, message = (descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
                       descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE)
    one, many = (descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL,
                 descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED)
    for name, field, number, kind, label, of in (
            ("Request", "list_services", 7, string, one, None),
            ("Service", "name", 1, string, one, None),
            ("Services", "service", 1, message, many, ".reflection.Service"),
            ("Response", "list_services_response", 6, message, one, ".reflection.Services")):
        file.message_type.add(name=name).field.add(name=field, number=number, type=kind,
                                                   label=label, type_name=of)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return [factory.GetPrototype(pool.FindMessageTypeByName(f"reflection.{name}"))
            for name in ("Request", "Response")]


_Request, _Response = _reflection_messages()
