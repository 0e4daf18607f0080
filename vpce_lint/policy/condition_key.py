"""Condition keys: which ones there are, and what a caller from outside can do about each on a VPC endpoint.

Source: IAM User Guide, "AWS global condition context keys" (availability of each key), and AWS
PrivateLink Guide, "Control access to VPC endpoints using endpoint policies".
"""

from __future__ import annotations

GLOBAL_KEYS = [
    "aws:AssumedRoot",
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:ChatbotSourceArn",
    "aws:CurrentTime",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:EpochTime",
    "aws:FederatedProvider",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalType",
    "aws:Referer",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:TagKeys",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:userid",
    "aws:username",
    "aws:ViaAWSService",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:VpcSourceIp",
]
"""Every global condition key, as AWS spells it; those with a tag's name after a slash are in ``TAG_KEYS``."""

TAG_KEYS = ("aws:PrincipalTag/", "aws:RequestTag/", "aws:ResourceTag/")

PRINCIPAL_ARN = "aws:principalarn"
PRINCIPAL_ACCOUNT = "aws:principalaccount"
PRINCIPAL_ORG = "aws:principalorgid"
PRINCIPAL_ORG_PATHS = "aws:principalorgpaths"
IS_AWS_SERVICE = "aws:principalisawsservice"
SERVICE_NAME = "aws:principalservicename"
SERVICE_NAMES = "aws:principalservicenameslist"
PRINCIPAL_TYPE = "aws:principaltype"
USER_ID = "aws:userid"
USER_NAME = "aws:username"
INSTANCE_VPC = "aws:ec2instancesourcevpc"
RESOURCE_ACCOUNT = "aws:resourceaccount"
RESOURCE_ORG = "aws:resourceorgid"
RESOURCE_ORG_PATHS = "aws:resourceorgpaths"
ACCESS_POINT_ARN = "s3:dataaccesspointarn"
ACCESS_POINT_ACCOUNT = "s3:dataaccesspointaccount"

ALIASES = {"kms:calleraccount": PRINCIPAL_ACCOUNT, "s3:resourceaccount": RESOURCE_ACCOUNT}
"""Keys of a service that say the same as a global one."""

MULTIVALUED = {
    PRINCIPAL_ORG_PATHS,
    RESOURCE_ORG_PATHS,
    SERVICE_NAMES,
    "aws:calledvia",
    "aws:tagkeys",
    "aws:sourceorgpaths",
    "aws:vpceorgpaths",
}
"""Global keys that may have several values at once."""

OF_THE_ENDPOINT = {
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:vpcsourceip",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
}
"""There on every request through the endpoint, and the same for everyone who uses it: never a bound."""

ALWAYS_THERE = OF_THE_ENDPOINT | {"aws:securetransport", "aws:currenttime", "aws:epochtime", "aws:useragent"}

BOOLEAN = {"aws:securetransport", "aws:viaawsservice", "aws:multifactorauthpresent", "aws:assumedroot", IS_AWS_SERVICE}
"""True or false, where they are there."""

TIMES = {"aws:currenttime", "aws:epochtime", "aws:tokenissuetime"}
"""Points in time."""

ADDRESSES = {"aws:vpcsourceip", "aws:sourceip", "aws:ec2instancesourceprivateipv4"}
"""IP addresses."""

NEVER_THERE = {"aws:sourceip"}
"""Absent where a VPC endpoint is used."""

OF_SERVICE_CALLS = {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"}
"""There only where an AWS service calls with its own identity."""

OF_PRINCIPAL = {USER_NAME, "aws:federatedprovider", "aws:sourceidentity", "aws:tokenissuetime", "aws:assumedroot"}
"""Absent for callers without credentials of IAM."""

SYSTEM_IDS = {
    PRINCIPAL_ACCOUNT,
    RESOURCE_ACCOUNT,
    PRINCIPAL_ORG,
    RESOURCE_ORG,
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:vpceaccount",
    "aws:vpceorgid",
    INSTANCE_VPC,
}
"""Global keys with ids that AWS makes: no wildcards and no numeric operators there, in an endpoint policy."""

WITHOUT_RESOURCE_ACCOUNT = ("ebs", "ec2", "events", "route53", "workspaces")
"""IAM prefixes of the services some of whose actions come without ``aws:ResourceAccount``."""


def normal(key: str) -> str:
    """A key as it is compared: in lower case, aliases replaced."""
    lower = key.lower()
    return ALIASES.get(lower, lower)


def is_known_global(key: str) -> bool:
    """Whether a key that begins with ``aws:`` is one that AWS has."""
    lower = key.lower()
    if any(lower.startswith(tag.lower()) and len(lower) > len(tag) for tag in TAG_KEYS):
        return True
    return any(lower == known.lower() for known in GLOBAL_KEYS)
