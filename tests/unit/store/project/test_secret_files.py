"""What looks like a secret is told by its name or by what it holds."""

from __future__ import annotations

import pytest

from app.store.project.secret_files import holds_secret, is_secret_name

SECRET_NAMES = """
.env .env.local web/.env.production prod.env .envrc server.pem tls/server.key id_rsa id_rsa.old
id_ed25519 deploy_rsa credentials
.aws/credentials .aws/config .npmrc .netrc _netrc .pypirc .pgpass
kubeconfig kubeconfig.yaml .kube/config
staging.kubeconfig terraform.tfstate terraform.tfstate.backup
prod.tfvars prod.auto.tfvars.json .ssh/config store.jks app.keystore cert.p12 cert.pfx vault.kdbx
.git-credentials .dockercfg .docker/config.json service-account-prod.json secrets.yaml secrets.yml
db_password.txt api_keys.json .htpasswd .bash_history ID_RSA Server.PEM my.gpg client.ovpn
"""
PLAIN_NAMES = """
main.py env.py environment.py src/keys.py secrets.py app/store/secrets.py password_form.tsx
tokenizer.json key.go .gitignore README.md main.tf variables.tf id.rs history.py package.json
keyboard.ts monkey.json config.yaml
"""


@pytest.mark.parametrize("name", SECRET_NAMES.split())
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", PLAIN_NAMES.split())
def test_names_of_other_files(name: str) -> None:
    assert not is_secret_name(name)


# Put together here, so that no scanner takes this file for a leak.
SECRETS = [
    "-----BEGIN RSA " + "PRIVATE KEY-----\nMII",
    "-----BEGIN OPENSSH " + "PRIVATE KEY-----",
    "-----BEGIN " + "PRIVATE KEY-----",
    "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----",
    "aws = AKIA" + "ABCDEFGHIJKLMNOP",
    "ghp_" + "a1B2" * 9,
    "github_pat_" + "a1B2c3" * 5,
    "glpat-" + "a1B2c3d4e5" * 2,
    "xoxb-" + "123456789012-abc",
    "AIza" + "a1B2c3d" * 5,
    "sk_live_" + "a1b2" * 6,
    "key: sk-" + "a1B2" * 12,
    "hf_" + "aBcDeFgHiJ" * 4,
    "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0NTY3.abcdefghijkl",
    "url = postgres://user:" + "hunter22@host/db",
    'password = "' + 'x7Gh2kPq9LmN4vTz"',
    '"api_key": "' + '0f8e7d6c5b4a39281706f5e4"',
    "SECRET_TOKEN='" + "a9f3-77bc-1d2e-8877'",
]
PLAIN = [
    "def is_private_key(text): return 'PRIVATE KEY' in text",
    "password = os.environ['PASSWORD']",
    'token = "<your-token-goes-here>"',
    'TOKEN_NAME = "fim_prefix_token_name"',
    'secret: "kubernetes-secret-name"',
    "see https://example.org/a:b and user@example.org",
    "password = getpass.getpass()",
    'api_key = "${API_KEY}"',
    "git clone https://github.com/a/b@main",
]


@pytest.mark.parametrize("text", SECRETS)
def test_texts_that_hold_secrets(text: str) -> None:
    assert holds_secret(f"# a file\n{text}\nmore\n")


@pytest.mark.parametrize("text", PLAIN)
def test_texts_that_hold_none(text: str) -> None:
    assert not holds_secret(text)
