"""Code is saved under the name that its tool expects."""

from __future__ import annotations

import pytest

from app.text.detection import detect
from app.text.file_names import suggested_path
from app.text.languages import language_named

CASES = [
    ("dockerfile", "FROM alpine\n", "Dockerfile"),
    ("compose", "services:\n  web:\n    image: x\n", "compose.yaml"),
    ("terraform", 'resource "aws_s3_bucket" "backups" {\n}\n', "main.tf"),
    ("hcl", 'variable "name" {\n}\n', "variables.tf"),
    ("terraform", 'output "arn" {\n}\n', "outputs.tf"),
    ("terraform", 'terraform {\n}\nprovider "aws" {\n}\n', "providers.tf"),
    ("terraform", 'name = "backups"\n', "terraform.tfvars"),
    ("kubernetes", "apiVersion: apps/v1\nkind: Deployment\n", "deployment.yaml"),
    (
        "kubernetes",
        "kind: Deployment\nmetadata:\n  name: web\n---\nkind: Service\n",
        "web.yaml",
    ),
    ("kubernetes", "kind: Kustomization\n", "kustomization.yaml"),
    ("helm", "apiVersion: v2\nname: web\nversion: 0.1.0\n", "Chart.yaml"),
    ("helm", "replicas: 2\nimage:\n  tag: x\n", "values.yaml"),
    ("helm", "kind: Service\nname: {{ .Release.Name }}\n", "templates/service.yaml"),
    ("helm", '{{- define "web.name" -}}\n', "templates/_helpers.tpl"),
    ("cloudformation", "AWSTemplateFormatVersion: x\n", "template.yaml"),
    ("cloudformation", '{"Resources": {}}', "template.json"),
    ("ansible", "- name: Web\n  hosts: web\n", "playbook.yml"),
    ("ansible", "- name: Install\n  apt:\n    name: nginx\n", "tasks/main.yml"),
    ("github-actions", "name: Run tests\non: push\njobs:\n", ".github/workflows/run-tests.yml"),
    ("github-actions", "on: push\njobs:\n", ".github/workflows/ci.yml"),
    ("github-actions", "name: x\nruns:\n  using: node20\n", "action.yml"),
    ("nginx", "server {\n}\n", "nginx.conf"),
    ("systemd", "[Service]\nExecStart=/opt/web/bin/serve --port 1\n", "serve.service"),
    ("systemd", "[Service]\nExecStart=/usr/bin/python3 /opt/job/run.py\n", "run.service"),
    ("systemd", "[Unit]\nDescription=Nightly backup\n[Timer]\n", "nightly-backup.timer"),
    ("systemd", "[Timer]\nUnit=backup.service\n", "backup.timer"),
    ("makefile", "all:\n", "Makefile"),
    ("cmake", "project(x)\n", "CMakeLists.txt"),
    ("groovy", "pipeline {\n}\n", "Jenkinsfile"),
    ("json", '{\n  "dependencies": {}\n}\n', "package.json"),
    ("toml", '[package]\nname = "x"\n', "Cargo.toml"),
    ("toml", "[project]\n", "pyproject.toml"),
    ("html", "<!DOCTYPE html>\n", "index.html"),
    ("yaml", "stages:\n  - a\njob:\n  script: make\n", ".gitlab-ci.yml"),
    ("python", "x = 1\n", ""),
]


@pytest.mark.parametrize(("label", "text", "path"), CASES)
def test_the_name_follows_language_and_content(label: str, text: str, path: str) -> None:
    assert suggested_path(language_named(label), text) == path


def test_other_code_is_called_by_what_it_defines() -> None:
    assert suggested_path(language_named("go"), "func Add() {}", "Add") == "Add.go"
    assert suggested_path(None, "x", "Add") == ""


def test_a_yaml_fence_is_looked_into() -> None:
    text = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n"
    assert suggested_path(detect(text, fence="yaml"), text) == "service.yaml"
