"""CloudFormation templates of a generated repository, as maps and lists: networks and applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.repositories.choice import pick
from benchmarks.repositories.cloudformation import Map, attribute, ref, resource, role, sub, tags
from benchmarks.repositories.component import KINDS, component
from benchmarks.repositories.network import ZONES, Fault, Network
from benchmarks.repositories.terraform import COMPONENT_COUNTS, COMPONENT_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

ORGANISATION = {"Type": "String", "Default": "o-a1b2c3d4e5", "Description": "Whose members may use the endpoints."}


def network_template(network: Network) -> Map:
    """The template of a network."""
    parameters = {"Organisation": ORGANISATION}
    if Fault.UNKNOWN_SUBNETS in network.faults:
        parameters["ManagementSubnets"] = _management_subnets()
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"The network of {network.name}, kept by {network.team}",
        "Parameters": parameters,
        "Resources": network_resources(network),
        "Outputs": {
            "Vpc": {"Value": ref("Vpc"), "Export": {"Name": sub("${AWS::StackName}-vpc")}},
            "Worker": {"Value": attribute("Worker", "Arn")},
        },
    }


def application_template(name: str, team: str) -> Map:
    """The template of an application, which has no network."""
    resources: Map = component("Deployment", "access")
    for index in range(pick(COMPONENT_COUNTS, name, "components")):
        resources |= component(f"{pick(COMPONENT_NAMES, name, index).title()}{index}", pick(KINDS, name, index, "kind"))
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{name}, kept by {team}",
        "Parameters": {"Environment": _environment()},
        "Conditions": {"Production": {"Fn::Equals": [ref("Environment"), "production"]}},
        "Resources": resources,
        "Outputs": {
            "Role": {"Value": attribute("DeploymentRole", "Arn")},
            "Replicas": {"Value": {"Fn::If": ["Production", "3", "1"]}},
        },
    }


def large_template(size: int, write: Callable[[Map], str], networks: Sequence[Network]) -> Map:
    """A template of at most so many bytes when written: these networks, and as many components as fit.

    Every network's resources have its number as a suffix. AWS takes 500 resources and 1 MB.
    """
    template = network_template(networks[0])
    template["Description"] = "Everything in one template, as generators of templates leave it"
    template["Parameters"] |= {"Environment": _environment(), "ManagementSubnets": _management_subnets()}
    template["Conditions"] = {"Production": {"Fn::Equals": [ref("Environment"), "production"]}}
    template["Outputs"] = {}
    resources: Map = {}
    template["Resources"] = resources
    for network in networks:
        resources |= network_resources(network, suffix=f"N{network.number}")
    rest = size - len(write(template).encode())
    index = 0
    while True:
        more = component(f"Component{index:05}", "workflow" if index % 2 else pick(KINDS, index))
        rest -= len(write({"Resources": more}).encode())
        if rest < 0:
            return template
        resources |= more
        index += 1


def network_resources(network: Network, suffix: str = "") -> Map:
    """The resources of a network; the suffix goes to the end of each of their names."""
    return _Resources(network, suffix).all()


def logical_ids(network: Network, suffix: str = "") -> dict[str, str]:
    """The logical id of each named part of a network."""
    found = {"endpoint service": "Orders", "management endpoint": "ManagementEndpoint"}
    found |= {"vpc": "Vpc", "public table": "PublicTable", "isolated table": "IsolatedTable"}
    for zone in ZONES:
        found[f"private table {zone}"] = f"PrivateTable{zone.upper()}"
    for service in (*network.gateways, *(each.service for each in network.interfaces)):
        found[f"endpoint {service}"] = f"{_camel(service)}Endpoint"
    return {part: name + suffix for part, name in found.items()}


class _Resources:
    """The resources of one network, whose names all end the same."""

    def __init__(self, network: Network, suffix: str) -> None:
        self.network = network
        self.suffix = suffix

    def all(self) -> Map:
        found = {**self._vpc(), **self._endpoints(), **self._workloads(), **self._service()}
        return {name + self.suffix: body for name, body in found.items()}

    def _ref(self, name: str) -> Map:
        return ref(name + self.suffix)

    def _refs(self, name: str) -> list[Map]:
        return [self._ref(name + zone.upper()) for zone in ZONES]

    def _vpc(self) -> Map:
        vpc = {"VpcId": self._ref("Vpc")}
        attached = {"DependsOn": f"InternetAttachment{self.suffix}"}
        found = {
            "Vpc": resource(
                "AWS::EC2::VPC",
                CidrBlock=f"10.{self.network.octet}.0.0/16",
                EnableDnsSupport=True,
                EnableDnsHostnames=True,
                Tags=tags(Name=self.network.name),
            ),
            "InternetGateway": resource("AWS::EC2::InternetGateway", Tags=tags(Name=self.network.name)),
            "InternetAttachment": resource(
                "AWS::EC2::VPCGatewayAttachment", **vpc, InternetGatewayId=self._ref("InternetGateway")
            ),
            "PublicTable": resource("AWS::EC2::RouteTable", **vpc, Tags=tags(Tier="public")),
            "InternetRoute": attached
            | resource(
                "AWS::EC2::Route",
                RouteTableId=self._ref("PublicTable"),
                DestinationCidrBlock="0.0.0.0/0",
                GatewayId=self._ref("InternetGateway"),
            ),
            "IsolatedTable": resource("AWS::EC2::RouteTable", **vpc, Tags=tags(Tier="isolated")),
        }
        for index, zone in enumerate(ZONES):
            found |= self._zone(index, zone.upper())
        return found

    def _zone(self, index: int, zone: str) -> Map:
        found: Map = {}
        for place, tier in enumerate(("Public", "Private", "Isolated")):
            found[f"{tier}Subnet{zone}"] = resource(
                "AWS::EC2::Subnet",
                VpcId=self._ref("Vpc"),
                AvailabilityZone=self.network.zones[index],
                CidrBlock=f"10.{self.network.octet}.{16 * index + 64 * place}.0/20",
                Tags=tags(Tier=tier.lower()),
            )
            found[f"{tier}Association{zone}"] = resource(
                "AWS::EC2::SubnetRouteTableAssociation",
                SubnetId=self._ref(f"{tier}Subnet{zone}"),
                RouteTableId=self._ref(f"PrivateTable{zone}" if tier == "Private" else f"{tier}Table"),
            )
        return found | {
            f"NatAddress{zone}": resource("AWS::EC2::EIP", Domain="vpc"),
            f"NatGateway{zone}": resource(
                "AWS::EC2::NatGateway",
                AllocationId=attribute(f"NatAddress{zone}{self.suffix}", "AllocationId"),
                SubnetId=self._ref(f"PublicSubnet{zone}"),
            ),
            f"PrivateTable{zone}": resource("AWS::EC2::RouteTable", VpcId=self._ref("Vpc"), Tags=tags(Tier="private")),
            f"NatRoute{zone}": resource(
                "AWS::EC2::Route",
                RouteTableId=self._ref(f"PrivateTable{zone}"),
                DestinationCidrBlock="0.0.0.0/0",
                NatGatewayId=self._ref(f"NatGateway{zone}"),
            ),
        }

    def _endpoints(self) -> Map:
        found = {
            "EndpointGroup": resource(
                "AWS::EC2::SecurityGroup",
                GroupDescription="Callers of the interface endpoints",
                VpcId=self._ref("Vpc"),
                SecurityGroupIngress=[
                    {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": f"10.{self.network.octet}.0.0/16"}
                ],
            )
        }
        for service in self.network.gateways:
            found[f"{_camel(service)}Endpoint"] = resource(
                "AWS::EC2::VPCEndpoint",
                VpcId=self._ref("Vpc"),
                ServiceName=sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
                VpcEndpointType="Gateway",
                RouteTableIds=[*self._refs("PrivateTable"), self._ref("IsolatedTable")],
                PolicyDocument=own_organisation(),
            )
        for each in self.network.interfaces:
            subnets = self._refs("PrivateSubnet")
            found[f"{_camel(each.service)}Endpoint"] = resource(
                "AWS::EC2::VPCEndpoint",
                VpcId=self._ref("Vpc"),
                ServiceName=sub(f"com.amazonaws.${{AWS::Region}}.{each.service}"),
                VpcEndpointType="Interface",
                PrivateDnsEnabled=each.private_dns,
                SubnetIds=subnets[:1] if each.single_zone else subnets,
                SecurityGroupIds=[self._ref("EndpointGroup")],
                **({"PolicyDocument": own_organisation()} if each.restrict else {}),
            )
        if Fault.UNKNOWN_SUBNETS in self.network.faults:
            found["ManagementEndpoint"] = resource(
                "AWS::EC2::VPCEndpoint",
                VpcId=self._ref("Vpc"),
                ServiceName=sub("com.amazonaws.${AWS::Region}.ssm"),
                VpcEndpointType="Interface",
                SubnetIds=ref("ManagementSubnets"),
                PolicyDocument=own_organisation(),
            )
        return found

    def _workloads(self) -> Map:
        return {
            **self._function("Worker", self.network.worker_actions, "PrivateSubnet"),
            **self._function("Migration", self.network.migration_actions, "IsolatedSubnet"),
            "Cluster": resource(
                "AWS::ECS::Cluster", ClusterSettings=[{"Name": "containerInsights", "Value": "enabled"}]
            ),
            "ExecutionRole": role("ecs-tasks.amazonaws.com"),
            "WebLogs": resource("AWS::Logs::LogGroup", RetentionInDays=30),
            "WebGroup": resource("AWS::EC2::SecurityGroup", GroupDescription="The web service", VpcId=self._ref("Vpc")),
            "WebTask": resource(
                "AWS::ECS::TaskDefinition",
                RequiresCompatibilities=["FARGATE"],
                NetworkMode="awsvpc",
                Cpu="512",
                Memory="1024",
                ExecutionRoleArn=attribute(f"ExecutionRole{self.suffix}", "Arn"),
                ContainerDefinitions=[
                    {
                        "Name": "web",
                        "Image": f"111122223333.dkr.ecr.{self.network.region}.amazonaws.com/web:{self.network.number}",
                        "Essential": True,
                        "PortMappings": [{"ContainerPort": 8080, "Protocol": "tcp"}],
                        "Environment": [{"Name": "LOG_LEVEL", "Value": "info"}],
                        "LogConfiguration": {
                            "LogDriver": "awslogs",
                            "Options": {
                                "awslogs-group": self._ref("WebLogs"),
                                "awslogs-region": ref("AWS::Region"),
                                "awslogs-stream-prefix": "web",
                            },
                        },
                    }
                ],
            ),
            "WebService": resource(
                "AWS::ECS::Service",
                Cluster=self._ref("Cluster"),
                TaskDefinition=self._ref("WebTask"),
                LaunchType="FARGATE",
                DesiredCount=2,
                NetworkConfiguration={
                    "AwsvpcConfiguration": {
                        "Subnets": self._refs("PrivateSubnet"),
                        "SecurityGroups": [self._ref("WebGroup")],
                    }
                },
            ),
        }

    def _function(self, name: str, actions: Iterable[str], subnets: str) -> Map:
        return {
            f"{name}Role": role("lambda.amazonaws.com", {"work": list(actions)}),
            name: resource(
                "AWS::Lambda::Function",
                Role=attribute(f"{name}Role{self.suffix}", "Arn"),
                Runtime="python3.13",
                Handler="index.handler",
                Timeout=60,
                Code={"S3Bucket": "example-artifacts", "S3Key": f"{name.lower()}.zip"},
                VpcConfig={"SubnetIds": self._refs(subnets), "SecurityGroupIds": [self._ref("WebGroup")]},
            ),
        }

    def _service(self) -> Map:
        return {
            "OrdersBalancer": resource(
                "AWS::ElasticLoadBalancingV2::LoadBalancer",
                Type="network",
                Scheme="internal",
                Subnets=self._refs("PrivateSubnet"),
            ),
            "Orders": resource(
                "AWS::EC2::VPCEndpointService",
                AcceptanceRequired=True,
                NetworkLoadBalancerArns=[self._ref("OrdersBalancer")],
            ),
            "OrdersPermissions": resource(
                "AWS::EC2::VPCEndpointServicePermissions",
                ServiceId=self._ref("Orders"),
                AllowedPrincipals=[self.network.principal],
            ),
        }


def own_organisation() -> Map:
    """An endpoint policy for callers and resources of the own organisation only."""
    same = {"aws:PrincipalOrgID": ref("Organisation"), "aws:ResourceOrgID": ref("Organisation")}
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement | {"Condition": {"StringEquals": same}}]}


def _environment() -> Map:
    return {
        "Type": "String",
        "Default": "staging",
        "AllowedValues": ["production", "staging", "development"],
        "Description": "What it is for.",
    }


def _management_subnets() -> Map:
    return {"Type": "List<AWS::EC2::Subnet::Id>", "Description": "Subnets of the management network."}


def _camel(service: str) -> str:
    return "".join(word.title() for word in service.split("."))
