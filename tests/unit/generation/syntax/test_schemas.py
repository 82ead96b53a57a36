"""Kubernetes, Compose, Actions and CloudFormation: what fits, and what is said of the rest."""

from __future__ import annotations

import json
import time

import pytest

from app.core.syntax import SyntaxState
from app.generation.syntax.checking import check

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: nginx:1.27
          ports:
            - containerPort: 80
          resources:
            limits: {cpu: 500m, memory: 256Mi}
            requests: {cpu: 1, memory: 128Mi}
          readinessProbe:
            httpGet: {path: /health, port: http}
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
    - port: 80
      targetPort: 8080
"""

COMPOSE = """\
x-base: &base
  restart: unless-stopped
services:
  web:
    <<: *base
    build:
      context: .
      args:
        VERSION: "1"
    ports:
      - "8080:80"
      - 22:22
    environment:
      DEBUG: "true"
      LEVEL: 3
    depends_on:
      db:
        condition: service_healthy
  db:
    image: postgres:16
    environment:
      - POSTGRES_PASSWORD=${PASSWORD}
    volumes:
      - data:/var/lib/postgresql/data
    healthcheck:
      test: ["CMD", "pg_isready"]
      interval: 5s
volumes:
  data:
"""

WORKFLOW = """\
name: Tests
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
jobs:
  test:
    runs-on: ${{ matrix.os }}
    strategy:
      matrix:
        os: [ubuntu-latest, macos-latest]
        python: ["3.11", "3.12"]
    steps:
      - uses: actions/checkout@v4
      - name: Set up
        uses: actions/setup-python@v5
        with:
          python-version: ${{ matrix.python }}
      - run: |
          pip install .
          pytest
        env:
          CI: true
"""

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Description: A bucket and a function
Parameters:
  Stage:
    Type: String
    Default: dev
    AllowedValues: [dev, prod]
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    Properties:
      BucketName: !Sub "backups-${Stage}"
      VersioningConfiguration:
        Status: Enabled
      Tags:
        - {Key: stage, Value: !Ref Stage}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Web
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: "80"
          ToPort: 80
          CidrIp: 0.0.0.0/0
  Handler:
    Type: AWS::Lambda::Function
    Condition: IsProd
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Timeout: "30"
      Role:
        Fn::GetAtt: [Role, Arn]
      Code:
        ZipFile: |
          def handler(event, context):
              return event
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {Service: lambda.amazonaws.com}
            Action: sts:AssumeRole
  Own:
    Type: Custom::Thing
    Properties:
      ServiceToken: !GetAtt Handler.Arn
      Anything: 1
Outputs:
  Name:
    Value: !Ref Bucket
    Export:
      Name: !Sub "${AWS::StackName}-bucket"
"""

VALID = {
    "kubernetes": DEPLOYMENT,
    "compose": COMPOSE,
    "github-actions": WORKFLOW,
    "cloudformation": TEMPLATE,
}


@pytest.mark.parametrize("label", VALID)
def test_what_fits_its_schema_parses(label: str) -> None:
    assert check(label, VALID[label]).state is SyntaxState.PARSES, check(label, VALID[label])
    assert check("yaml", VALID[label]).state is SyntaxState.PARSES


@pytest.mark.parametrize(
    ("label", "old", "new", "line", "words"),
    [
        ("kubernetes", "replicas: 3", "replica: 3", 7, "did you mean “replicas”?"),
        (
            "kubernetes",
            "replicas: 3",
            "replicas: three",
            7,
            "spec.replicas should be a whole number, not text",
        ),
        ("kubernetes", "- name: web\n          image", "- image", 17, "“name” is missing"),
        (
            "kubernetes",
            "containerPort",
            "containerport",
            20,
            "spec.template.spec.containers[0].ports[0].containerport",
        ),
        ("kubernetes", "apps/v1", "v1", 1, "Deployment is not in v1, but in apps/v1"),
        (
            "kubernetes",
            "targetPort: 8080",
            "targetPort: [8080]",
            35,
            "spec.ports[0].targetPort should be text or a whole number",
        ),
        (
            "kubernetes",
            "  replicas: 3\n",
            "  replicas: 3\n  replicas: 4\n",
            8,
            "“replicas” appears twice",
        ),
        ("compose", "context: .", "contxt: .", 7, "did you mean “context”?"),
        ("compose", "image: postgres:16", "image: 16", 20, "services.db.image should be text"),
        ("compose", "depends_on:", "dependson:", 16, "did you mean “depends_on”?"),
        ("compose", "  db:\n    image", "  db:\n    imag", 20, "did you mean “image”?"),
        ("github-actions", "runs-on: ${{ matrix.os }}", "run-on: x", 10, "jobs.test"),
        (
            "github-actions",
            "permissions:\n  contents: read",
            "permissions:\n  contents: reed",
            7,
            "permissions.contents should be one of",
        ),
        (
            "github-actions",
            "- uses: actions/checkout@v4",
            "- use: actions/checkout@v4",
            16,
            "did you mean “uses”?",
        ),
        ("github-actions", "branches: [main]", "branch: [main]", 4, "did you mean “branches”?"),
        ("cloudformation", "BucketName", "BucketNam", 15, "did you mean “BucketName”?"),
        (
            "cloudformation",
            "Status: Enabled",
            "Status: Enable",
            17,
            "VersioningConfiguration.Status should be one of",
        ),
        (
            "cloudformation",
            "    Type: AWS::S3::Bucket\n",
            "",
            11,
            "“Type” is missing in Resources.Bucket",
        ),
        ("cloudformation", "Outputs:", "Output:", 56, "did you mean “Outputs”?"),
        (
            "cloudformation",
            "      GroupDescription: Web\n",
            "",
            22,
            "“GroupDescription” is missing",
        ),
        (
            "cloudformation",
            'Timeout: "30"',
            "Timeout: long",
            35,
            "Timeout should be a whole number",
        ),
    ],
)
def test_what_does_not_fit_is_named_with_its_line(
    label: str, old: str, new: str, line: int, words: str
) -> None:
    assert old in VALID[label]
    found = check(label, VALID[label].replace(old, new, 1))
    assert (found.state, words in found.message) == (SyntaxState.ERROR, True), found
    assert found.line == line, found


def test_json_is_checked_as_yaml_is() -> None:
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "dat": {}}
    found = check("json", json.dumps(manifest, indent=2))
    assert (found.line, "did you mean “data”?" in found.message) == (7, True)
    del manifest["dat"]
    assert check("json", json.dumps(manifest, indent=2)).state is SyntaxState.PARSES


def test_nothing_is_missing_while_it_is_still_written() -> None:
    for label, text in VALID.items():
        lines = text.splitlines(keepends=True)
        for end in range(len(lines)):
            found = check(label, "".join(lines[:end]), is_whole=False)
            assert not found.is_error, (label, end, found)


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: example.org/v1\nkind: Anything\nspec:\n  any: thing\n",
        "apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  template: {}\n",
        "services:\n  app.mailer:\n    class: App\\Mailer\n",
        "jobs:\n  - name: one\n",
        "- hosts: all\n  tasks:\n    - name: One\n      command: ls\n",
        "just text\n",
        "[1, 2, 3]\n",
    ],
)
def test_other_yaml_is_not_judged(text: str) -> None:
    assert check("yaml", text).state is SyntaxState.PARSES


def test_hostile_documents_are_survived() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{name}: &{name} [*{before}, *{before}, *{before}]\n"
        for before, name in zip("abcdefghijklm", "bcdefghijklmn", strict=True)
    )
    head = "apiVersion: v1\nkind: Pod\n"
    began = time.thread_time()
    check("yaml", head + bomb)
    check("yaml", head + "a: &a [*a]\n")
    check("yaml", head + "spec: " + "{a: " * 500 + "1" + "}" * 500)
    check("yaml", head + "? [1, 2]\n: x\n")
    check("yaml", head + "x: !!python/object/apply:os.system [ls]\n")
    check("yaml", "services:\n  a: {image: b}\n" + "  x: {}\n" * 5_000)
    assert time.thread_time() - began < 10
