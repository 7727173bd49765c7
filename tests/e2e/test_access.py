"""Internal RPCs are only for certificates whose name is on that gRPC service's list."""

import contextlib

import grpc
import pytest

from e2e import contracts
from harness.certificates import Authority

# Reviewed by people. A service that is not here fails the test.
CALLERS = {
    "fightsftickets.intake.v1.IntakeService": {"gateway"},
    "fightsftickets.intake.v1.IntakeAdminService": {"gateway"},
    "fightsftickets.intake.v1.SubmissionsService": {"fulfillment"},
    "fightsftickets.intake.v1.OrdersService": {"payment"},
    "fightsftickets.payment.v1.PaymentsService": {"gateway"},
    "fightsftickets.payment.v1.PaymentAdminService": {"gateway"},
    "fightsftickets.payment.v1.DeliveriesService": {"fulfillment"},
    "fightsftickets.fulfillment.v1.OrdersService": {"payment"},
    "fightsftickets.fulfillment.v1.AddressesService": {"gateway"},
    "fightsftickets.fulfillment.v1.LettersService": {"gateway"},
    "fightsftickets.fulfillment.v1.FulfillmentAdminService": {"gateway"},
}
NAMES = ("gateway", "intake", "payment", "fulfillment", "stranger")
STANDARD = {"grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"}

each_method = pytest.mark.parametrize(("service", "method"), contracts.methods())


@contextlib.contextmanager
def channel_to(suite, program: str, credentials):
    """A channel that expects the program's own name in its certificate."""
    address = f"127.0.0.1:{suite.port(program, 'grpc')}"
    options = [("grpc.ssl_target_name_override", program)]
    with contextlib.closing(grpc.secure_channel(address, credentials, options) if credentials
                            else grpc.insecure_channel(address)) as channel:
        yield channel


def credentials_of(directory, *, trusting=None, with_certificate: bool = True):
    """The client side of mutual TLS. trusting: another directory whose authority is believed."""
    authority = ((trusting or directory) / "ca.crt").read_bytes()
    if not with_certificate:
        return grpc.ssl_channel_credentials(authority)
    return grpc.ssl_channel_credentials(authority, (directory / "tls.key").read_bytes(),
                                        (directory / "tls.crt").read_bytes())


def outcome(suite, credentials, service: str, method: str) -> grpc.StatusCode:
    """The code that an empty request ends with."""
    with channel_to(suite, contracts.program_of(service), credentials) as channel:
        try:
            channel.unary_unary(f"/{service}/{method}")(b"", timeout=10)
        except grpc.RpcError as error:
            return error.code()
        return grpc.StatusCode.OK


@each_method
def test_only_the_listed_callers_get_through(suite, service, method):
    for name in NAMES:
        code = outcome(suite, credentials_of(suite.authority.issue(name)), service, method)
        if name in CALLERS[service]:
            # Whatever the handler says of an empty request; UNAUTHENTICATED is a customer's token.
            assert code not in (grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNIMPLEMENTED,
                                grpc.StatusCode.UNAVAILABLE), name
        else:
            assert code == grpc.StatusCode.PERMISSION_DENIED, name


@each_method
def test_without_a_certificate_there_is_no_connection(suite, service, method):
    own = suite.authority.issue("gateway")
    credentials = credentials_of(own, with_certificate=False)
    assert outcome(suite, credentials, service, method) == grpc.StatusCode.UNAVAILABLE


@each_method
def test_a_certificate_of_a_foreign_authority_gets_no_connection(suite, service, method):
    ours = suite.authority.issue("gateway")
    (caller,) = CALLERS[service]
    foreign = Authority(suite.directory / "foreign").issue(caller)
    credentials = credentials_of(foreign, trusting=ours)
    assert outcome(suite, credentials, service, method) == grpc.StatusCode.UNAVAILABLE


@each_method
def test_plain_text_gets_no_connection(suite, service, method):
    assert outcome(suite, None, service, method) == grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize("program", ["intake", "payment", "fulfillment"])
def test_servers_offer_exactly_the_reviewed_services(suite, program):
    credentials = credentials_of(suite.authority.issue("gateway"))
    with channel_to(suite, program, credentials) as channel:
        offered = contracts.reflected_services(channel)
    listed = {service for service in CALLERS if contracts.program_of(service) == program}
    assert offered - STANDARD == listed
    described = {service for service, _ in contracts.methods()}
    assert listed <= described, "a reviewed service is gone from the contracts"
