"""Languages are told by fence, name, first line and content."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from app.text.detection import detect, mentioned
from app.text.fences import code_blocks

SAMPLES = code_blocks(Path(__file__).with_name("language_samples.md").read_text())


def label(text: str, **hints: str) -> str:
    found = detect(text, **hints)
    return found.label if found is not None else ""


@pytest.mark.parametrize(("expected", "text"), SAMPLES, ids=[sample[0] for sample in SAMPLES])
def test_content_tells(expected: str, text: str) -> None:
    assert label(text) == expected


def test_there_are_enough_samples() -> None:
    assert len(SAMPLES) >= 70


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("#!/bin/sh", "bash"),
        ("#!/usr/bin/env python3.12", "python"),
        ("#!/usr/bin/env -S node --test", "javascript"),
        ("#!/usr/bin/Rscript", "r"),
        ("#!/usr/bin/env ansible-playbook", "ansible"),
        ("# -*- mode: ruby -*-", "ruby"),
        ("// vim: set ft=cpp:", "cpp"),
    ],
)
def test_the_first_line_tells(first: str, expected: str) -> None:
    assert label(f"{first}\nx\n") == expected


def test_a_fence_holds_and_its_kind_is_refined() -> None:
    assert label("def f(): pass", fence="ruby") == "ruby"
    assert label("apiVersion: v1\nkind: Service\nmetadata:\n", fence="yaml") == "kubernetes"
    assert label("a: 1\n", fence="yaml") == "yaml"
    assert label('{"AWSTemplateFormatVersion": "2010-09-09"}', fence="json") == "cloudformation"


def test_shared_endings_are_parted_by_content() -> None:
    assert label("#include <vector>\nstd::vector<int> x;\n", file_name="a.h") == "cpp"
    assert label("int add(int a, int b);\n", file_name="a.h") == "c"
    assert label("@interface A : NSObject\n@end\n", file_name="a.m") == "objective-c"
    assert label("function y = f(x)\n  y = x.^2;\nend\n", file_name="a.m") == "matlab"
    assert label(":- use_module(library(lists)).\n", file_name="a.pl") == "prolog"


@pytest.mark.parametrize("text", ["", "Hello, how are you?", "just some words\nand more\n", "42"])
def test_prose_is_no_language(text: str) -> None:
    assert label(text) == ""


@pytest.mark.parametrize(
    "text", ["a" * 9000, " " * 9000, "\n" * 9000, "x = " * 3000, "{" * 9000, "<a " * 3000]
)
def test_no_text_takes_long(text: str) -> None:
    detect("warm up")
    began = time.thread_time()
    detect(text)
    assert time.thread_time() - began < 0.2  # 14 ms


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Write a Terraform module for a bucket", "terraform"),
        ("Write a Dockerfile for a Python application", "dockerfile"),
        ("Write a GitHub Actions workflow", "github-actions"),
        ("Do it in Go, please", "go"),
        ("Let it go", ""),
        ("Write C that adds two numbers", "c"),
        ("Write a function in C++.", "cpp"),
        ("Write a Python function that gives SQL", "python"),
        ("Port this Python to Rust", ""),
        ("Sort a list", ""),
    ],
)
def test_a_question_names_its_language(question: str, expected: str) -> None:
    found = mentioned(question)
    assert (found.label if found is not None else "") == expected
