"""What stands between customers and several gateways: haproxy, as a Service and as an ingress.

A Service passes connections on: who keeps one open stays with one gateway. An ingress reads
requests and has connections of its own to the gateways, as k8s/components/ingress sets it up: a
gateway that cannot be connected to is passed over, a request that was sent is not sent again.
"""

import os
import socket
from pathlib import Path

from harness import waiting
from harness.process import Program

_CONFIGURATION = """
global
  stats socket {control} mode 600 level admin
  hard-stop-after 1s

defaults
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive 60s
  retries 1
  option redispatch 1

# As k8s/base/program.yaml probes the pods.
listen service
  mode tcp
  bind 127.0.0.1:{service}
  balance roundrobin
  option httpchk GET /health/ready
{servers}

listen ingress
  mode http
  bind 127.0.0.1:{ingress}
  balance roundrobin
  option httpchk GET /health/ready
{servers}
"""
_SIDES = ("service", "ingress")


class Balancer:
    """gateways: name -> (port, ops port). Both ways in are free ports of the caller's."""

    def __init__(self, directory: Path, gateways: dict, ports: dict):
        self._control = directory / "haproxy.sock"
        servers = "\n".join(
            f"  server {name} 127.0.0.1:{port} check port {ops} inter 2s fall 2 rise 1"
            for name, (port, ops) in gateways.items())
        configuration = directory / "haproxy.cfg"
        configuration.write_text(_CONFIGURATION.format(control=self._control, servers=servers,
                                                       **ports), encoding="utf-8")
        self.program = Program("haproxy", ["haproxy", "-db", "-f", configuration],
                               {"PATH": f"{os.environ['PATH']}:/usr/sbin"},
                               directory / "logs" / "haproxy.log", orphaned="KILL")

    def start(self):
        self.program.start()
        waiting.until(lambda: self.program.check() or self._control.exists(), seconds=10,
                      what="haproxy to be there")

    def leave(self, name: str):
        """The gateway is no endpoint any more: nothing new is led to it, what there is stays."""
        for side in _SIDES:
            self._tell(f"set server {side}/{name} state drain")

    def enter(self, name: str):
        """The gateway is ready, and an endpoint from now on."""
        for side in _SIDES:
            self._tell(f"set server {side}/{name} state ready")
            self._tell(f"set server {side}/{name} health up")

    def _tell(self, command: str):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as control:
            control.connect(str(self._control))
            control.sendall(f"{command}\n".encode())
            answer = control.makefile("rb").read().decode().strip()
        assert not answer, f"haproxy: {command}: {answer}"
