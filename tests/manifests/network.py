"""Who may speak to whom: exactly those who have to; what one end may say, the other end hears.

A way is (whose policy, direction, peer, port). Peers are kinds of our pods, or what is written in
the policy: namespaces, blocks of addresses with their exceptions, or "anybody".
"""

from manifests.references import matches
from manifests.render import of_kind, workloads

ANYBODY, EVERY_POD, EVERY_PORT = "anybody", "every pod", "every port"
_SERVICES = {"intake": 50051, "payment": 50052, "fulfillment": 50053}
_OPS = {"gateway": 9000, "intake": 9051, "payment": 9052, "fulfillment": 9053}
# DESIGN's arrows: who calls, whom, on which port.
CALLS = {("gateway", "intake", 50051), ("gateway", "payment", 50052),
         ("gateway", "fulfillment", 50053), ("payment", "intake", 50051),
         ("payment", "fulfillment", 50053), ("fulfillment", "intake", 50051),
         ("fulfillment", "payment", 50052),
         *((who, "postgres", 5432) for who in (*_SERVICES, "schema", "postgres")),
         ("postgres", "postgres", 8000)}
# The Internet, without what is only within a cluster or beside it.
WORLD = ("0.0.0.0/0 except 10.0.0.0/8 100.64.0.0/10 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16",
         "::/0 except fc00::/7 fe80::/10")
_DNS = ("namespace kube-system, pods k8s-app=kube-dns", "169.254.20.10/32")
# Ways whose other end is no pod of ours.
ABROAD = {*(("payment", "egress", peer, "TCP 443") for peer in WORLD),
          *(("fulfillment", "egress", peer, f"TCP {port}")
            for peer in WORLD for port in (443, 465, 587)),
          *((EVERY_POD, "egress", peer, f"{protocol} 53")
            for peer in _DNS for protocol in ("UDP", "TCP"))}
# And those of components that not every overlay has, by a kind of object that is in them.
OF_COMPONENTS = {
    "Cluster": {*(("postgres", "egress", ANYBODY, f"TCP {port}") for port in (443, 6443, 8443)),
                *(("postgres", "ingress", "namespace cnpg-system", f"TCP {port}")
                  for port in (5432, 8000))},
    "Ingress": {("gateway", "ingress", "namespace nginx-ingress", "TCP 8000"),
                ("solver", "ingress", "namespace nginx-ingress", "TCP 8089")},
    "PodMonitor": {("postgres", "ingress", "namespace monitoring", "TCP 9187"),
                   *((name, "ingress", "namespace monitoring", f"TCP {port}")
                     for name, port in _OPS.items())}}


class Pods:
    """Kinds of pods by name, with their labels and their ports."""

    def __init__(self, objects: list):
        self.labels = {"postgres": {"cnpg.io/cluster": "postgres"},
                       "solver": {"acme.cert-manager.io/http01-solver": "true"}}
        self.ports = {"postgres": {"metrics": 9187}, "solver": {}}
        for _, template in workloads(objects):
            labels = template["metadata"]["labels"]
            name = labels["app.kubernetes.io/name"]
            self.labels[name] = labels
            self.ports[name] = {port["name"]: port["containerPort"]
                                for container in template["spec"]["containers"]
                                for port in container.get("ports", [])}

    def selected(self, selector: dict) -> list:
        """The kinds; what selects all of them selects those that come later, too."""
        if not selector:
            return [EVERY_POD]
        return [name for name, labels in self.labels.items() if matches(selector, labels)]

    def port(self, name: str, port: dict) -> str:
        """Protocol and number of a port that may be called by its name."""
        value = port.get("port", EVERY_PORT)
        number = self.ports.get(name, {}).get(value, value)
        end = f"-{port['endPort']}" if "endPort" in port else ""
        return f"{port.get('protocol', 'TCP')} {number}{end}"


def _text(selector: dict) -> str:
    words = [f"{key}={value}" for key, value in sorted(selector.get("matchLabels", {}).items())]
    words += [str(rule) for rule in selector.get("matchExpressions", [])]
    return " ".join(words).replace("kubernetes.io/metadata.name=", "") or "every one"


def _peers(pods: Pods, rule: dict, key: str) -> list:
    """An empty list of peers is the same as none: everybody."""
    found = [] if rule.get(key) else [ANYBODY]
    for peer in rule.get(key) or []:
        if "ipBlock" in peer:
            block = peer["ipBlock"]
            found.append(" ".join([block["cidr"], *(["except"] if block.get("except") else []),
                                   *block.get("except", [])]))
        elif "namespaceSelector" in peer:
            inside = f", pods {_text(peer['podSelector'])}" if "podSelector" in peer else ""
            found.append(f"namespace {_text(peer['namespaceSelector'])}{inside}")
        else:
            found += pods.selected(peer["podSelector"])
    return found


def ways(objects: list) -> set:
    """All that the policies allow."""
    pods, found = Pods(objects), set()
    for policy in of_kind(objects, "NetworkPolicy"):
        spec = policy["spec"]
        for direction, key in (("egress", "to"), ("ingress", "from")):
            rules = spec.get(direction, []) if direction.title() in spec["policyTypes"] else []
            for rule in rules:
                found |= {(own, direction, peer, pods.port(own if key == "from" else peer, port))
                          for own in pods.selected(spec["podSelector"])
                          for peer in _peers(pods, rule, key) for port in rule.get("ports") or [{}]}
    return found


def wanted(objects: list) -> set:
    """All that has to be allowed."""
    found = set(ABROAD)
    for sender, receiver, port in CALLS:
        if "postgres" not in (sender, receiver) or of_kind(objects, "Cluster"):
            found |= {(sender, "egress", receiver, f"TCP {port}"),
                      (receiver, "ingress", sender, f"TCP {port}")}
    for kind, more in OF_COMPONENTS.items():
        found |= more if of_kind(objects, kind) else set()
    return found


def findings(objects: list) -> list:
    there, needed = ways(objects), wanted(objects)
    found = [f"NetworkPolicy: {way} is missing" for way in sorted(needed - there)]
    found += [f"NetworkPolicy: {way} is too much" for way in sorted(there - needed)]
    if not any(policy["spec"]["podSelector"] == {} and "ingress" not in policy["spec"] and
               "egress" not in policy["spec"] and
               set(policy["spec"]["policyTypes"]) == {"Ingress", "Egress"}
               for policy in of_kind(objects, "NetworkPolicy")):
        found.append("NetworkPolicy: what no policy names is not forbidden")
    return found
