"""Interface endpoint stands in fewer than two Availability Zones.

An interface endpoint has one network interface in each of its subnets, and takes at most one subnet per zone.
With a single zone, that zone's failure cuts the whole VPC off the service, and callers in other zones pay for
traffic between zones. AWS advises at least two. Without subnets the endpoint exists and serves nobody.

Subnets are counted where they are known to differ: AWS refuses two subnets of one zone for the same endpoint
(`DuplicateSubnetsInSameZone`), so different subnets are different zones. Where two are written
in the same zone, the endpoint can't be created, and that is said.

Fix: give it one subnet in each of several zones: `subnet_ids` in Terraform, `SubnetIds` in CloudFormation.

Fine to ignore: test environments, and VPCs that have a single zone themselves. The setting `minimum_zones` asks
for more than two.

Sources: AWS PrivateLink Guide, "Create an interface endpoint"; provider documentation of `aws_vpc_endpoint`.
"""

from vpce_lint.api import InterfaceEndpoint, Place, Requirements, Severity, Topology, count_zones, require, rule


@rule("VPCE003", severity=Severity.MEDIUM)
def interface_endpoint_in_one_zone(
    endpoint: InterfaceEndpoint, topology: Topology, *, minimum_zones: int = 2
) -> Requirements:
    zones = topology.zones(endpoint)
    yield require(
        zones.at_least(minimum_zones),
        f"{endpoint.address} {zones.shortfall(minimum_zones)}",
        at=endpoint.subnets,
        fix=f"give it one subnet in each of at least {count_zones(minimum_zones)}",
        related=[Place(at, label) for at, label in zones.evidence],
        otherwise=f"{endpoint.address} stands in at least {count_zones(minimum_zones)}",
    )
