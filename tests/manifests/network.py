"""Who may speak to whom: exactly those who have to; what one end may say, the other end hears."""

from manifests.references import matches
from manifests.render import of_kind, workloads

_SERVICES = {"intake": 50051, "payment": 50052, "fulfillment": 50053}
# DESIGN's arrows: who calls, whom, on which port.
EDGES = {("gateway", "intake", 50051), ("gateway", "payment", 50052),
         ("gateway", "fulfillment", 50053), ("payment", "intake", 50051),
         ("payment", "fulfillment", 50053), ("fulfillment", "intake", 50051),
         ("fulfillment", "payment", 50052),
         *((who, "postgres", 5432) for who in (*_SERVICES, "schema", "postgres")),
         ("postgres", "postgres", 8000)}
# Who may speak to what is no pod of ours, and on which ports.
OUTSIDE = {("payment", 443), ("fulfillment", 443), ("fulfillment", 465), ("fulfillment", 587),
           ("postgres", 443), ("postgres", 6443)}


class _Pods:
    """Kinds of pods by name, with their labels and their ports."""

    def __init__(self, objects: list):
        self.labels = {"postgres": {"cnpg.io/cluster": "postgres"}}
        self.ports = {"postgres": {"metrics": 9187}}
        for _, template in workloads(objects):
            labels = template["metadata"]["labels"]
            name = labels["app.kubernetes.io/name"]
            self.labels[name] = labels
            self.ports[name] = {port["name"]: port["containerPort"]
                                for container in template["spec"]["containers"]
                                for port in container.get("ports", [])}

    def selected(self, selector: dict) -> list:
        return [name for name, labels in self.labels.items() if matches(selector, labels)]

    def port(self, name: str, port):
        """The number of a port, which may be a name."""
        return self.ports[name].get(port) if isinstance(port, str) else port


def edges(objects: list, direction: str) -> set:
    """Triples (from, to, port) between pods that the policies allow on one end: "egress" the
    sender's, "ingress" the receiver's.
    """
    pods, found = _Pods(objects), set()
    for policy in of_kind(objects, "NetworkPolicy"):
        for own in pods.selected(policy["spec"]["podSelector"]):
            for rule in policy["spec"].get(direction, []):
                for peer in rule.get("to" if direction == "egress" else "from", []):
                    if "podSelector" not in peer or "namespaceSelector" in peer:
                        continue
                    for other in pods.selected(peer["podSelector"]):
                        pair = (own, other) if direction == "egress" else (other, own)
                        found |= {(*pair, pods.port(pair[1], port.get("port")))
                                  for port in rule.get("ports", [{}])}
    return found


def outside(objects: list) -> set:
    """Pairs (from, port) that may leave the cluster."""
    pods, found = _Pods(objects), set()
    for policy in of_kind(objects, "NetworkPolicy"):
        for rule in policy["spec"].get("egress", []):
            # No "to" is everybody, no "ports" is every port.
            if not rule.get("to") or any("ipBlock" in peer for peer in rule["to"]):
                found |= {(own, port.get("port")) for port in rule.get("ports", [{}])
                          for own in pods.selected(policy["spec"]["podSelector"])}
    return found


def findings(objects: list) -> list:
    found = []
    for direction in ("egress", "ingress"):
        there = edges(objects, direction)
        found += [f"NetworkPolicy: {direction} of {edge} is missing" for edge in EDGES - there]
        found += [f"NetworkPolicy: {direction} of {edge} is too much" for edge in there - EDGES]
    if outside(objects) != OUTSIDE:
        found.append(f"NetworkPolicy: to the outside, {outside(objects) ^ OUTSIDE}")
    if not any(policy["spec"]["podSelector"] == {} and "ingress" not in policy["spec"] and
               "egress" not in policy["spec"] and
               set(policy["spec"]["policyTypes"]) == {"Ingress", "Egress"}
               for policy in of_kind(objects, "NetworkPolicy")):
        found.append("NetworkPolicy: what no policy names is not forbidden")
    return found
