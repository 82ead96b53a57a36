"""Cuts the schemas that ship with the program out of those that Python packages carry.

    pip install --target FOLDER --no-deps check-jsonschema kubernetes-validate cfn-lint
    python packaging/schemas.py FOLDER

What is left out: descriptions, examples and whatever else checks nothing; kinds and resource types
that are seldom written by hand. `resources/schemas/README.md` says whose they are.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "resources" / "schemas"
_KINDS = """
    Pod Deployment StatefulSet DaemonSet ReplicaSet Job CronJob Service Ingress IngressClass
    ConfigMap Secret Namespace PersistentVolumeClaim PersistentVolume StorageClass ServiceAccount
    Role RoleBinding ClusterRole ClusterRoleBinding HorizontalPodAutoscaler NetworkPolicy
    PodDisruptionBudget ResourceQuota LimitRange
"""
_RESOURCES = """
    S3::Bucket S3::BucketPolicy EC2::Instance EC2::SecurityGroup EC2::VPC EC2::Subnet
    EC2::InternetGateway EC2::VPCGatewayAttachment EC2::RouteTable EC2::Route EC2::EIP
    EC2::SubnetRouteTableAssociation EC2::NatGateway EC2::LaunchTemplate Lambda::Function
    Lambda::Permission Lambda::EventSourceMapping IAM::Role IAM::Policy IAM::ManagedPolicy IAM::User
    IAM::InstanceProfile DynamoDB::Table SQS::Queue SQS::QueuePolicy SNS::Topic SNS::Subscription
    Logs::LogGroup RDS::DBInstance RDS::DBSubnetGroup ECS::Cluster ECS::Service ECS::TaskDefinition
    ECR::Repository ElasticLoadBalancingV2::LoadBalancer ElasticLoadBalancingV2::TargetGroup
    ElasticLoadBalancingV2::Listener AutoScaling::AutoScalingGroup CloudWatch::Alarm Events::Rule
    KMS::Key KMS::Alias SecretsManager::Secret SSM::Parameter CloudFront::Distribution
    Route53::RecordSet Route53::HostedZone ApiGateway::RestApi CloudFormation::Stack
    StepFunctions::StateMachine
"""
_KEYWORDS = """
    type properties patternProperties additionalProperties unevaluatedProperties propertyNames
    required enum const items prefixItems contains anyOf oneOf allOf not if then else $ref $defs
    definitions dependencies dependentRequired dependentSchemas pattern minimum maximum
    exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems uniqueItems
    minProperties maxProperties
"""
KINDS = frozenset(_KINDS.split())
RESOURCES = frozenset(_RESOURCES.split())
_CHECKED = frozenset(_KEYWORDS.split())
_MAPS = ("properties", "patternProperties", "definitions", "$defs", "dependentSchemas")
_PART = "#/$defs/"

Schema = Any


def main(folder: Path) -> None:
    """Write all schemas."""
    vendored = folder / "check_jsonschema" / "builtin_schemas" / "vendor"
    versions = sorted((folder / "kubernetes_validate" / "kubernetes-json-schema").glob("*-strict"))
    _write("compose", joined(lean(_read(vendored / "compose-spec.json"))))
    _write("github-workflow", lean(_read(vendored / "github-workflows.json")))
    _write("kubernetes", kubernetes(_read(versions[-1] / "_definitions.json")["$defs"]))
    found = (_read(path) for path in (folder / "cfnlint/data/schemas/resources").glob("*.json"))
    _write("cloudformation", {one["typeName"]: resource(one) for one in found if _is_kept(one)})


def lean(schema: Schema, *, drop: frozenset[str] = frozenset()) -> Schema:
    """Return a schema without what checks nothing, and without patterns that Python cannot read."""
    if isinstance(schema, list):
        return [lean(one, drop=drop) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {}
    for key, value in schema.items():
        if key in _MAPS and isinstance(value, dict):
            kept[key] = {name: lean(one, drop=drop) for name, one in value.items()}
        elif key not in _CHECKED or key in drop:
            continue
        elif key in ("enum", "const", "required", "dependencies", "dependentRequired"):
            kept[key] = value
        elif key != "pattern" or _is_readable(value):
            kept[key] = lean(value, drop=drop)
    return kept


def joined(schema: Schema) -> Schema:
    """Return a schema whose parts say themselves what may be in them.

    Compose puts a service together from two parts with `allOf` and forbids what neither knows. A
    validator then calls every key unknown as soon as one of them is wrong.
    """
    parts = schema["$defs"]
    for part in parts.values():
        if part.get("unevaluatedProperties") is False:
            for one in _members(part, parts):
                for key in ("properties", "patternProperties"):
                    part[key] = {**one.get(key, {}), **part.get(key, {})}
            part["additionalProperties"] = False
            del part["unevaluatedProperties"], part["allOf"]
    return schema


def _members(part: Schema, parts: dict[str, Schema]) -> Iterator[Schema]:
    for member in part.get("allOf", ()):
        one = parts[member["$ref"].removeprefix(_PART)]
        assert not set(one) - {"type", "properties", "patternProperties", "allOf"}, one
        yield one
        yield from _members(one, parts)


def kubernetes(parts: dict[str, Schema]) -> Schema:
    """Return the kinds with all that they refer to, and which part is which kind."""
    kinds: dict[str, str] = {}
    for name, part in parts.items():
        for one in part.get("x-kubernetes-group-version-kind", ()):
            version = f"{one['group']}/{one['version']}".lstrip("/")
            if one["kind"] in KINDS and re.fullmatch(r"v\d+", one["version"]):
                kinds[f"{version} {one['kind']}"] = name
    kept: dict[str, Schema] = {}
    waiting = list(kinds.values())
    while waiting:
        name = waiting.pop()
        if name in kept:
            continue
        part = kept[name] = lean(parts[name])
        if name in kinds.values() and "status" in part.get("properties", {}):
            part["properties"]["status"] = {}  # the cluster writes it, nobody else
        waiting += [target.removeprefix(_PART) for target in _references(part)]
    return {"kinds": kinds, "$defs": kept}


def resource(schema: Schema) -> Schema:
    """Return what the properties of a resource type must be."""
    kept = {key: schema[key] for key in ("properties", "required", "definitions") if key in schema}
    read_only = {path.split("/")[-1] for path in schema.get("readOnlyProperties", ())}
    kept["required"] = [name for name in kept.get("required", ()) if name not in read_only]
    return lean(kept, drop=frozenset({"pattern"})) | {"additionalProperties": False}


def _is_kept(schema: Schema) -> bool:
    return schema.get("typeName", "").removeprefix("AWS::") in RESOURCES


def _is_readable(pattern: object) -> bool:
    try:
        re.compile(str(pattern))
    except re.error:
        return False
    return True


def _references(schema: Schema) -> Iterator[str]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(schema, list):
        for one in schema:
            yield from _references(one)


def _read(path: Path) -> Schema:
    return json.loads(path.read_text(encoding="utf-8"))


def _write(name: str, schema: Schema) -> None:
    path = TARGET / f"{name}.json"
    path.write_text(
        json.dumps(schema, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8"
    )
    print(f"{path.name}: {path.stat().st_size:,} bytes")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
