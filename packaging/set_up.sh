#!/usr/bin/env bash
# Sets up .venv in the clone for `make run` and `make test`; quick when nothing changed.
#
#   set_up.sh run|test
#
# Each step leaves its mark only once it is whole, so a failed or interrupted one is redone.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:-run}
venv=.venv
constraints=packaging/constraints.txt

say() { printf 'set-up: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

wanted_packages() {
    awk -v purpose="$purpose" '!/^#/ && NF { if ($2 == "" || $2 == purpose) print $1 }' \
        packaging/system_packages.txt
}

missing_packages() {
    local package
    for package in $(wanted_packages); do
        case $package in
            # Debian's own Python is not needed where another one will do.
            python3 | python3-venv | python3-dev) [ -n "$(find_python)" ] && continue ;;
            build-essential) command -v c++ >/dev/null && command -v cc >/dev/null && continue ;;
        esac
        # Ubuntu 24.04 renamed some libraries with the suffix t64; dpkg answers for both.
        dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' ||
            dpkg-query -W -f '${db:Status-Abbrev}' "${package}t64" 2>/dev/null | grep -q '^ii' ||
            echo "$package"
    done
}

# Prints the first Python of 3.11 or later that can make a virtual environment and build.
find_python() {
    local name
    for name in "${PYTHON:-python3}" python3 python3.13 python3.12 python3.11; do
        if "$name" -c 'import ensurepip, os, sys, sysconfig, venv
assert sys.version_info >= (3, 11)
assert os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h"))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
}

install_system_packages() {
    if ! command -v apt-get >/dev/null; then
        [ -n "$(find_python)" ] || fail "Python 3.11 or later with its headers is needed."
        say "This is not Debian or Ubuntu: if something is missing, see packaging/system_packages.txt."
        return
    fi
    local missing as_root=()
    missing=$(missing_packages | tr '\n' ' ')
    [ -z "${missing// /}" ] && return
    if [ "$(id -u)" != 0 ]; then
        as_root=(sudo)
        if ! sudo -n true 2>/dev/null; then
            say "These system packages are missing. Install them, then try again:"
            printf '\n    sudo apt-get install -y --no-install-recommends %s\n\n' "$missing" >&2
            exit 1
        fi
    fi
    say "installing system packages: $missing"
    "${as_root[@]}" apt-get update -qq || say "the package lists could not be refreshed; continuing"
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq \
        --no-install-recommends $missing >&2
}

# What the environment must hold; a change of any of these makes it out of date.
fingerprint() {
    cat pyproject.toml "$constraints" packaging/set_up.sh | sha256sum | cut -d' ' -f1
    pwd
}

without_amx() {
    if [ "$(uname -m)" = x86_64 ] && echo 'int x;' | cc -mno-amx-tile -x c -c -o /dev/null - 2>/dev/null; then
        echo "-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
    fi
}

# Compiles llama.cpp for this very CPU, without AMX: its AMX kernels crash (see CONTRIBUTING.md).
# The wheel has a place of its own, because pip's cache minds neither flags nor CPU.
compiled_llama() {
    local version cpu python wheels
    version=$(sed -n 's/^llama[-_]cpp[-_]python==//p' "$constraints")
    cpu=$(grep -m1 -E '^(flags|Features)' /proc/cpuinfo 2>/dev/null || uname -m)
    python=$("$venv/bin/python" -c 'import sys; print(sys.implementation.cache_tag)')
    wheels=${XDG_CACHE_HOME:-$HOME/.cache}/starwright/llama-cpp-python-$version-$python
    wheels+=-$(echo "$cpu $(without_amx) ${CFLAGS:-} ${CMAKE_ARGS:-}" | cksum | cut -d' ' -f1)
    if ! compgen -G "$wheels/*.whl" >/dev/null; then
        say "compiling llama.cpp, about five minutes on two cores"
        rm -rf "$wheels.new"
        CFLAGS="$(without_amx) ${CFLAGS:-}" CXXFLAGS="$(without_amx) ${CXXFLAGS:-}" \
            CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)} \
            "$venv/bin/python" -m pip wheel --quiet --disable-pip-version-check --no-cache-dir \
            --no-deps --wheel-dir "$wheels.new" "llama-cpp-python==$version" >&2 || return 1
        mv "$wheels.new" "$wheels"
    fi
    compgen -G "$wheels/*.whl"
}

install_python_packages() {
    local done_mark=$venv/starwright-set-up
    if [ -x "$venv/bin/starwright" ] && [ "$(cat "$done_mark" 2>/dev/null)" = "$(fingerprint)" ]; then
        return
    fi
    rm -f "$done_mark"
    if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        rm -rf "$venv"
        say "making the virtual environment"
        "$(find_python)" -m venv "$venv"
    fi
    say "installing Python packages"
    local attempt llama
    for attempt in 1 2 3; do
        if llama=$(compiled_llama) &&
            "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
                --no-deps --force-reinstall "$llama" &&
            "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
                --constraint "$constraints" --editable '.[dev]'; then
            break
        fi
        [ "$attempt" = 3 ] && fail "The packages could not be installed; the reason is above. \
Finished steps are kept: run the same command again."
        say "that failed; trying again (what was downloaded and compiled is kept)"
        sleep $((attempt * 3))
    done
    # A process killed while pip wrote leaves packages that look whole: ask them.
    if ! "$venv/bin/python" -c 'import PySide6.QtWidgets, llama_cpp, ctransformers, qasync, pygments, keyring, app' >/dev/null; then
        rm -rf "$venv"
        fail "The environment was damaged and has been removed: run the same command again."
    fi
    fingerprint >"$done_mark"
    say "done"
}

install_system_packages
install_python_packages
