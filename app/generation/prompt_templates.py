"""Prompt templates: requests with places to fill, for the menu that "/" opens. Data only.

A place to fill stands between « and »; the composer walks through them with Tab. Each text names
its language, so that a base model, which reads it as a comment, is asked in that language.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """One request. `label` is the language it asks for, empty where the user says it."""

    name: str
    description: str
    text: str
    label: str = ""


PROMPT_TEMPLATES: tuple[PromptTemplate, ...] = (
    PromptTemplate(
        "Terraform resources",
        "variables, outputs, pinned provider",
        "Write Terraform for «an S3 bucket with versioning and encryption» in «AWS eu-central-1». "
        "Pin the provider's version, give variables with types and descriptions, and outputs for "
        "«the bucket's name and ARN».",
        "terraform",
    ),
    PromptTemplate(
        "Terraform module",
        "main.tf, variables.tf, outputs.tf",
        "Write a Terraform module named «network» that creates «a VPC with public and private "
        "subnets». Give main.tf, variables.tf and outputs.tf as separate code blocks.",
        "terraform",
    ),
    PromptTemplate(
        "CloudFormation template",
        "parameters, resources, outputs",
        "Write a CloudFormation template in YAML for «an SQS queue with a dead-letter queue». Give "
        "parameters for «the name and the retention», tags, and outputs.",
        "cloudformation",
    ),
    PromptTemplate(
        "Kubernetes Deployment and Service",
        "probes, limits, labels",
        "Write Kubernetes YAML for «web»: a Deployment of «nginx:1.27» with «2» replicas and a "
        "Service on port «80». Set resource requests and limits, a readiness and a liveness "
        "probe, and run it as a user that is not root.",
        "kubernetes",
    ),
    PromptTemplate(
        "Kubernetes CronJob",
        "schedule, history, retries",
        "Write a Kubernetes YAML CronJob named «backup» that runs «/bin/backup» from the image "
        "«backup:1.0» «every night at 02:00». Forbid overlapping runs and keep «3» old jobs.",
        "kubernetes",
    ),
    PromptTemplate(
        "Helm chart",
        "Chart.yaml, values.yaml, templates",
        "Write a Helm chart for «web»: Chart.yaml, values.yaml, and templates for «a Deployment, "
        "a Service and an Ingress», each as a code block of its own. Image, replicas and resources "
        "come from the values.",
        "helm",
    ),
    PromptTemplate(
        "Dockerfile",
        "small, cached layers, no root",
        "Write a Dockerfile for «a Python 3.12 application started with uvicorn». Build in "
        "stages, keep the layers cacheable, run as a user that is not root, and add a health "
        "check.",
        "dockerfile",
    ),
    PromptTemplate(
        "Docker Compose file",
        "services, volumes, health checks",
        "Write a Docker Compose file with «a web application on port 8000» and «PostgreSQL 17». "
        "Use named volumes, health checks, and values from .env.",
        "compose",
    ),
    PromptTemplate(
        "Ansible playbook",
        "idempotent tasks and handlers",
        "Write an Ansible playbook for the hosts «web» that «installs nginx and puts its "
        "configuration in place». Use fully qualified module names, handlers, and variables for "
        "«the port and the server name».",
        "ansible",
    ),
    PromptTemplate(
        "GitHub Actions workflow",
        "test on push, cache, matrix",
        "Write a GitHub Actions workflow that «runs pytest on Python 3.11 and 3.12» on every push "
        "and pull request to «main». Cache dependencies and give it the least permissions.",
        "github-actions",
    ),
    PromptTemplate(
        "nginx site",
        "reverse proxy, TLS, headers",
        "Write an nginx server block for «example.com» that serves TLS and passes requests on to "
        "«http://127.0.0.1:8000». Redirect HTTP to HTTPS, set security headers, and allow uploads "
        "up to «10 MB».",
        "nginx",
    ),
    PromptTemplate(
        "systemd service",
        "restart, hardening",
        "Write a systemd service named «web» that runs «/opt/web/bin/serve» as the user «web» "
        "after the network is up. Restart it when it fails, and harden it.",
        "systemd",
    ),
    PromptTemplate(
        "systemd timer",
        "a service and when it runs",
        "Write a systemd service and timer named «backup» that run «/usr/local/bin/backup» «every "
        "night at 02:00», also after a missed time.",
        "systemd",
    ),
    PromptTemplate(
        "Function",
        "arguments and result",
        "Write a «Python» function that takes «a list of numbers» and returns «their median». "
        "Handle «an empty list».",
    ),
    PromptTemplate(
        "SQL query",
        "tables, conditions, order",
        "Write an SQL query for «PostgreSQL». Tables: «orders(id, customer_id, total, "
        "created_at)». Give «the ten customers with the highest total in the last 30 days».",
        "sql",
    ),
    PromptTemplate(
        "Shell script",
        "strict mode, usage, checks",
        "Write a Bash script that «removes log files older than 14 days below a folder». Take "
        "«the folder» as an argument, print a usage line, and stop at the first error.",
        "bash",
    ),
    PromptTemplate(
        "Command-line program",
        "arguments, help, exit codes",
        "Write a «Python» command-line program that «counts the words in files». Arguments: «the "
        "files, and --top N». Exit with 2 for wrong arguments.",
    ),
    PromptTemplate(
        "Regular expression",
        "with texts that match and texts that do not",
        "Write a regular expression for «ISO dates such as 2026-11-24» in «Python», and show three "
        "texts that match and three that do not.",
    ),
    PromptTemplate(
        "Explain an error",
        "what it means and how to fix it",
        "Explain this error and how to fix it:\n\n«paste the error here»",
    ),
    PromptTemplate(
        "Review code",
        "bugs, edge cases, names",
        "Review this code for bugs, missed edge cases and unclear names, most important first:\n\n"
        "«paste the code here, or attach a file»",
    ),
)
