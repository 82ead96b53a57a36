"""What gives a language away: patterns and how much each weighs, for `app.text.detection`.

A pattern counts once however often it occurs. One that decides alone weighs 4, one that is
likely 2, one that only fits 1; what speaks against a language weighs less than nothing.
"""

from __future__ import annotations

import re
from functools import cache

Marks = dict[str, tuple[tuple[re.Pattern[str], int], ...]]


@cache
def marks() -> Marks:
    """Return what gives each language away. Compiled at the first use: that takes 50 ms."""
    return compiled(_LANGUAGES)


Table = dict[str, tuple[tuple[str, int], ...]]


def compiled(table: Table) -> Marks:
    """Return a table with its patterns ready to search."""
    return {
        label: tuple((re.compile(pattern, re.MULTILINE), weight) for pattern, weight in patterns)
        for label, patterns in table.items()
    }


_LANGUAGES: Table = {
    "html": (
        (r"(?i)\A\s*<!doctype html", 4),
        (r"(?i)<(?:html|body|div|head|script|table|ul|form|span)\b[^>]*>", 3),
        (r"(?i)</(?:html|body|div|p|script|table|ul|form)>", 1),
        (r"<\?php", -6),
        (r"^import |^export |className=", -4),
        (r"(?s)\A\s*<template>|<script setup", -5),
    ),
    "vue": ((r"(?s)\A\s*<(?:template|script setup)\b", 5), (r"\bv-(?:if|for|model)=", 3)),
    "xml": (
        (r"(?i)<html\b", -6),
        (r"\A\s*<\?xml ", 5),
        (r"(?s)\A\s*<(\w[\w:.-]*)[^>]*>.*</\1>\s*\Z", 2),
    ),
    "php": ((r"<\?php", 6), (r"^[ \t]*\$\w+\s*=.*;[ \t]*$", 1), (r"\$this->", 3)),
    "diff": (
        (r"^@@ -\d+(?:,\d+)? \+\d+", 5),
        (r"^diff --git ", 5),
        (r"(?s)^--- .*?\n\+\+\+ ", 4),
    ),
    "dockerfile": (
        (r"\A(?:[ \t]*(?:#.*|ARG .*)?\n)*FROM [\w./:@${}-]+(?: AS \w+)?[ \t]*$", 5),
        (r"^(?:RUN|COPY|WORKDIR|ENTRYPOINT|CMD|EXPOSE|ENV) ", 2),
    ),
    "terraform": (
        (r'^(?:resource|data) "\w+" "\w+" \{', 5),
        (r'^(?:variable|output|provider|module) "[\w-]+" \{', 5),
        (r"^(?:terraform|locals) \{", 4),
        (r"\b(?:var|local|module|data)\.\w+", 1),
    ),
    "nginx": (
        (r"^[ \t]*(?:server|http|events|upstream [\w.-]+) \{", 3),
        (r"^[ \t]*location [^\n{]*\{", 3),
        (r"^[ \t]*(?:listen|server_name|proxy_pass|root|worker_processes) [^\n]*;", 2),
    ),
    "systemd": (
        (r"^\[(?:Unit|Service|Timer|Socket|Mount|Install)\]", 4),
        (r"^(?:ExecStart|WantedBy|OnCalendar|ListenStream)=", 3),
    ),
    "makefile": (
        (r"^\.PHONY\s*:", 5),
        (r"^[\w./%$()-]+\s*:(?!=)[^\n]*\n\t", 4),
        (r"^\w+\s*[:?+]?=\s*\S", 1),
        (r"\$[@<^]|\$\(\w+\)", 1),
    ),
    "cmake": (
        (r"(?i)^[ \t]*(?:endif|endforeach|endfunction|endmacro)\s*\(", 4),
        (r"(?i)^cmake_minimum_required\s*\(", 5),
        (r"(?i)^(?:add_executable|target_link_libraries|project|add_library|set)\s*\(", 3),
    ),
    "tcl": (
        (r"^[ \t]*proc [\w:]+ \{", 5),
        (r"^[ \t]*(?:namespace eval|package require|package provide) \w", 4),
        (r"^[ \t]*set \w+ (?:\[|\$|\{|\")", 3),
    ),
    "vim": (
        (r"^[ \t]*(?:endfunction|endfunc|endif|finish)[ \t]*$", 2),
        (
            r"^[ \t]*(?:syn (?:match|keyword|region)|hi def|autocmd |let [bgslw]:)",
            4,
        ),
        (r'^"[^"\n]*$', 1),
    ),
    "qml": ((r"^import (?:QtQuick|QtQml|Qt\w*)\b", 6), (r"^[ \t]*id: \w+[ \t]*$", 2)),
    "elisp": (
        (r"^\(provide '|^\(require '|^\(defcustom |^\(defvar-local |\(interactive\b", 6),
        (r"^\(defun [\w*/-]+ \(", 4),
    ),
    "cython": ((r"^[ \t]*(?:cdef|cpdef|cimport) |^from \w[\w.]* cimport ", 8),),
    "json": (
        (r'\A\s*[\[{]\s*(?:"[^"\n]*"\s*[:,\]]|\[|\{|[\]}])', 4),
        (r"\A\s*[\[{][^=;]*[\]}]\s*\Z", 1),
        (r"^[ \t]*(?:def|return|const|var|let)\b", -4),
    ),
    "toml": (
        (r"^\[[\w.-]+\][ \t]*$", 2),
        (r'^[\w-]+ = (?:"[^"\n]*"|\d+|true|false|\[)', 2),
        (r"^\[\[[\w.-]+\]\][ \t]*$", 3),
        (r";[ \t]*$|^(?:let|def|if|for)\b", -3),
    ),
    "ini": (
        (r"^\[[^\]\n\"']+\][ \t]*$", 2),
        (r"^[\w. -]+\s*=\s*[^\n{(;]*$", 1),
        (r"^;|^[\w.-]+ ?= ?[A-Za-z/~][^\n\"'{(;]*$", 2),
        (r";[ \t]*$|^(?:let|def|if|for)\b", -3),
    ),
    "yaml": (
        (r"\A---[ \t]*$", 3),
        (r"\A(?:[ \t]*(?:- )?[\w.-]+:(?: [^\n;{]+)?\n|[ \t]*- [^\n;{]+\n){3}", 2),
        (r"\{\{-? *\.?(?:Values|Release|Chart)\.", 4),
        (r"^[\w.-]+:\s*(?:$|[^\s{(;=][^\n;{]*$)", 2),
        (r"^[ \t]*- [\w.-]+:\s", 2),
        (r"^[ \t]{2,}[\w.-]+:\s*\S*$", 1),
        (r"[;{][ \t]*$", -3),
        (r"\AAWSTemplateFormatVersion:|^apiVersion: \S+$|^Resources:[ \t]*$", 5),
        (r"^[ \t]*(?:def|class|if|for|while|else|try|case|import)\b[^\n]*:?[ \t]*$", -4),
    ),
    "css": (
        (r"^[ \t]*[.#@]?[\w.#:>\[\]=\"', -]+\{\s*(?:$|[\w-]+\s*:)", 1),
        (r"^[ \t]*(?:color|margin|padding|display|font|background|border|width)[\w-]*\s*:", 3),
        (r"^@(?:media|import|keyframes|font-face)", 3),
        (r"^[ \t]*\$[\w-]+\s*:|@(?:include|mixin|extend)\b", -4),
    ),
    "scss": ((r"^[ \t]*\$[\w-]+\s*:\s*[^\n]+;", 4), (r"@(?:include|mixin|extend)\b", 4)),
    "sql": (
        (r"(?i)^[ \t]*select\b[^;]{1,600}?\bfrom\b", 4),
        (
            r"(?i)^[ \t]*(?:create|alter|drop)\s+(?:\w+ ){0,3}(?:table|index|view|database)\b",
            5,
        ),
        (r"(?i)^[ \t]*(?:insert\s+into|delete\s+from|update\s+\w+\s+set)\b", 5),
        (r"(?i)^[ \t]*with\s+\w+\s+as\s*\(", 4),
    ),
    "graphql": (
        (r"^(?:type|input|enum|interface|schema)\s*\w*[^\n]*\{\s*\n\s+\w+(?:\([^)]*\))?:\s", 3),
        (r"^(?:query|mutation|subscription|fragment)\b[^\n]*\{", 4),
        (r":\s*\[?(?:ID|String|Int|Boolean)!?\]?!?[ \t]*$", 3),
    ),
    "protobuf": (
        (r'^syntax\s*=\s*"proto[23]";', 6),
        (r"^message \w+ \{", 3),
        (r"^[ \t]+(?:repeated )?(?:string|int32|int64|bool)\s+\w+\s*=\s*\d+;", 3),
    ),
    "python": (
        (r"^[ \t]*(?:async )?def \w+\([^\n]*\)?(?:\s*->[^\n]+)?:\s*(?:#.*)?$", 4),
        (r"^[ \t]*class \w+(?:\([^)\n]*\))?:[ \t]*$", 4),
        (r"^(?:from [\w.]+ import|import [\w.]+(?: as \w+)?[ \t]*$)", 3),
        (r"^[ \t]*(?:if|for|while|elif|with|try|except)\b[^\n{]*:[ \t]*$", 2),
        (r'^if __name__ == ["\']__main__["\']:', 5),
        (r"\bprint\(", 1),
        (r"^[ \t]*(?:var|let|const|func|fn) ", -4),
    ),
    "ruby": (
        (r"^[ \t]*def (?:self\.)?\w+[?!]?(?:\([^\n]*\))?[ \t]*$", 3),
        (r"^[ \t]*end[ \t]*$", 1),
        (r"^require(?:_relative)? ['\"]", 4),
        (r"\bdo \|[\w, ]+\|", 4),
        (r"^[ \t]*(?:attr_\w+ |puts |module [A-Z]|class [A-Z]\w*(?: < [A-Z][\w:]*)?[ \t]*$)", 3),
        (r"^[ \t]*(?:local|function|elsif .* then)\b", -3),
    ),
    "lua": (
        (r"^[ \t]*local (?:function )?\w+", 4),
        (r"^[ \t]*function [\w.:]+\([^)\n]*\)[ \t]*$", 3),
        (r"\bthen[ \t]*$", 2),
        (r"^[ \t]*end\)?[ \t]*$", 1),
        (r"\.\.|~=", 1),
        (r"^[ \t]*fi[ \t]*$|\$\{?\w", -4),
    ),
    "julia": (
        (r"^[ \t]*function \w+!?\([^\n]*\)[^\n{]*$", 2),
        (r"^(?:using|module) [A-Z]\w+", 3),
        (r"::(?:Int|Float64|String|Vector|AbstractArray)", 4),
        (r"\bprintln\(|@\w+ ", 1),
        (r"^end[ \t]*$", 1),
    ),
    "elixir": (
        (r"^[ \t]*defmodule [\w.]+ do", 6),
        (r"^[ \t]*defp? \w+[^\n]*\bdo[ \t]*$", 4),
        (r"\|>", 1),
    ),
    "perl": (
        (r"^use (?:strict|warnings)\b", 5),
        (r"^[ \t]*my [$@%]\w+", 4),
        (r"^[ \t]*sub \w+\s*\{", 4),
        (r"=~ [ms]?/", 2),
    ),
    "powershell": (
        (r"(?i)^[ \t]*(?:param\s*\(|\[CmdletBinding)", 3),
        (r"\b(?:Get|Set|New|Remove|Write|Import|ForEach|Where)-[A-Z]\w+", 4),
        (r"\$\w+ -(?:eq|ne|gt|like|match)\b", 3),
        (r"\$PS\w+|\$_\.", 2),
    ),
    "bash": (
        (r"^[ \t]*(?:if|elif|while) \[\[? ", 4),
        (r"^[ \t]*(?:fi|done|esac)[ \t]*$", 3),
        (r"^(?:sudo |apt(?:-get)? |cd |mkdir |echo |export \w+=|source |curl |git |npm |pip )", 3),
        (r"^(?:docker|kubectl|helm|terraform|ansible-playbook|make|systemctl) ", 3),
        (r"\$\{?\w+\}?|\$\(", 1),
        (r"^set -[euxo]+", 4),
        (r"^\w+\(\)\s*\{", 3),
    ),
    "batch": (
        (r"(?i)^@echo off", 6),
        (r"(?i)%\w+%|^[ \t]*(?:rem |goto |setlocal)", 3),
    ),
    "typescript": (
        (r"\bfunction \w+<\w+[^\n]*>\(|\(?\w+: [A-Z\w]+(?:<[^>\n]+>|\[\])?[,)]|\): \[?\w+\[\]", 3),
        (r"^[ \t]*(?:export )?(?:interface|type) \w+(?:<[^\n>]+>)?\s*(?:=|\{|extends)", 3),
        (r"[\w)\]]\??:\s*(?:string|number|boolean|void|unknown|any|Promise<)\b", 4),
        (r"\b(?:private|public|readonly) \w+:", 3),
        (r"^import (?:type )?[\w{*][^\n]* from ['\"]", 2),
        (r"^[ \t]*(?:export )?(?:const|let) \w+", 1),
        (r"^[ \t]*(?:fun|func|fn|def|package|val|var) \w+", -3),
        (r"#include|std::", -5),
    ),
    "javascript": (
        (r"^[ \t]*(?:export )?(?:const|let) \w+ = |^[ \t]*const \{", 3),
        (r"^[ \t]*(?:export )?(?:default )?(?:async )?function\*? ?\w*\([^\n]*\)\s*\{", 3),
        (r"=>\s*[{(\w]", 2),
        (r"\bconsole\.(?:log|error)\(|\bdocument\.|\brequire\(['\"]|module\.exports", 3),
        (r"^import [\w{*][^\n]* from ['\"]", 3),
        (r"^[ \t]*(?:fn|fun|func|val|package|use) \w+", -4),
    ),
    "jsx": ((r"return \(?\s*<[A-Za-z>]", 6), (r"className=", 4), (r"<[A-Z]\w+[^\n]*/>", 3)),
    "cpp": (
        (r"^#include <(?:iostream|vector|string|memory|algorithm|map|utility)>", 5),
        (r"\bstd::\w+", 4),
        (r"^template\s*<|^using namespace", 4),
        (r"^[ \t]*(?:public|private|protected):[ \t]*$", 4),
        (r"^[ \t]*class \w+[^\n;]*\{?[ \t]*$|^namespace \w* ?\{", 2),
        (r"^[ \t]*(?:pub )?fn \w+|\blet (?:mut )?\w+", -5),
        (r"^#include [<\"]", 1),
    ),
    "objective-c": (
        (r"^@(?:interface|implementation|protocol|end|property|import)\b", 5),
        (r"^#import [<\"]", 4),
        (r"\[\w+ \w+[:\]]", 1),
    ),
    "c": (
        (r"^#include [<\"][\w./]+\.h[>\"]", 4),
        (
            r"^(?:static |unsigned |const |struct )*(?:int|long|void|char|double|size_t) \*?\w+\(",
            3,
        ),
        (r"\b(?:printf|malloc|sizeof|free)\(", 2),
        (r"^#(?:define|ifndef|ifdef) \w+", 2),
        (r"\bstd::|^[ \t]*class |^@\w+|^(?:import|using|package) ", -5),
        (r"\w\[\] \w+\)|\.length\b|\bboolean \b|\bnew [A-Z]", -5),
    ),
    "csharp": (
        (r"^using (?:System|Microsoft)[\w.]*;", 5),
        (r"^namespace [\w.]+\s*[;{]?[ \t]*$", 3),
        (r"\bConsole\.Write(?:Line)?\(|\{ get; (?:private )?(?:set|init);", 5),
        (
            r"^[ \t]*(?:public|private|internal)\b[^\n]*\b(?:class|record|Task|void|string)\b",
            2,
        ),
        (r"\bvar \w+ = ", 1),
    ),
    "java": (
        (r"^[ \t]*(?:public |private |protected )?static [\w<>\[\], ]+ \w+\([^\n]*\) \{", 3),
        (r"\b(?:int|String|double|char)\[\] \w+|\.length\b(?!\()|\bboolean \w+", 3),
        (r"^[ \t]*@Override|\bimplements [A-Z]|\bnew [A-Z]\w*(?:<[^>\n]*>)?\(", 3),
        (r"^import (?:static )?(?:java|javax|org|com)\.[\w.*]+;", 5),
        (r"^package [\w.]+;", 3),
        (r"\bpublic (?:static )?(?:final )?(?:class|interface|enum|record|void) ", 3),
        (r"\bSystem\.out\.print", 5),
        (r"\b(?:String|List<\w+>|Map<[^\n>]+>) \w+\s*[=;,)]", 2),
        (r"\bfun \w+\(|^using |\bConsole\.", -5),
    ),
    "kotlin": (
        (r"^[ \t]*(?:override |private |suspend |inline |public )*fun (?:<\w+> )?[\w.]+\(", 5),
        (r"^[ \t]*(?:private )?va[lr] \w+(?:: \w+)?\s*(?:=|by)", 2),
        (r"^(?:data|sealed|open) class ", 4),
        (r"\bprintln\(", 1),
    ),
    "scala": (
        (r"^[ \t]*(?:case class|object|trait|sealed trait) \w+", 4),
        (r"^[ \t]*(?:override )?def \w+(?:\[[^\]\n]+\])?(?:\([^\n]*\))?(?:: [\w\[\], ]+)? =", 5),
        (r"^import scala\.", 5),
        (r"^[ \t]*val \w+(?:: \w+)? =", 1),
    ),
    "swift": (
        (r"^import (?:Foundation|SwiftUI|UIKit|Combine)", 6),
        (
            r"^[ \t]*(?:private |public |static )*func \w+(?:<[^>\n]+>)?\([^\n]*\)[^\n{]*\{",
            2,
        ),
        (r"\b(?:guard|if) let \w+|\b\w+\(_ \w+: ", 4),
        (r"^[ \t]*(?:let|var) \w+(?:: \[?[A-Z]\w*\]?\??)? =?", 2),
        (r"^package |:=|^[ \t]*fn |;[ \t]*$|\bconsole\.", -4),
    ),
    "go": (
        (r"^package \w+[ \t]*$", 5),
        (r"^func (?:\(\w+ \*?\w+\) )?\w+\(", 3),
        (r":= ", 2),
        (r"\bfmt\.\w+\(|if err != nil", 4),
        (r"^import \([ \t]*$", 3),
    ),
    "rust": (
        (r"^[ \t]*(?:pub(?:\(crate\))? )?(?:async )?fn \w+(?:<[^>\n]+>)?\([^\n]*", 3),
        (r"\blet mut \w+|\bprintln!\(|\bvec!\[|&mut \w+|->\s*(?:Result|Option)<", 4),
        (r"^[ \t]*(?:use (?:std|crate|super)::|impl(?:<[^>\n]+>)? \w+|#\[derive\()", 5),
        (r"^[ \t]*match \w+[^\n]*\{", 1),
    ),
    "zig": (
        (r'@import\("', 6),
        (r"^(?:pub )?fn \w+\([^\n]*\) [!\w.]+ \{", 3),
        (r"^[ \t]*const \w+ = ", 1),
    ),
    "dart": (
        (r"^import 'package:|^import 'dart:", 6),
        (r"^[ \t]*(?:final|late) \w+ \w+|Widget build\(|^void main\(\)", 3),
        (r"^[ \t]*@override", 1),
    ),
    "groovy": (
        (r"^[ \t]*pipeline \{", 4),
        (r"^[ \t]*(?:stage\(|agent |stages \{|steps \{)", 4),
        (r"^(?:plugins|dependencies) \{", 4),
        (r"^[ \t]*def \w+ = ", 2),
    ),
    "r": (
        (r"^[ \t]*[\w.]+ <- ", 3),
        (r"<- function\(", 5),
        (r"^library\(\w+\)", 4),
        (r"%>%|\bdata\.frame\(|\bc\(\d", 3),
    ),
    "haskell": (
        (r"^[a-z]\w*'? :: ", 4),
        (r"^module [\w.]+(?:\s*\([^)]*\))? where", 5),
        (r"^import (?:qualified )?[A-Z][\w.]+", 2),
        (r"^data [A-Z]\w*[^\n]* =", 4),
        (r"^[ \t]*(?:where|case .* of)[ \t]*$", 1),
    ),
    "ocaml": (
        (r"^let (?:rec )?\w+[^\n=]*=", 2),
        (r"^open [A-Z]\w*[ \t]*$", 2),
        (r"\bmatch \w+ with|\bList\.\w+|;;[ \t]*$|\bPrintf\.printf", 3),
        (r"^[ \t]*\| .*->", 2),
    ),
    "fsharp": (
        (r"^open System", 5),
        (r"^[ \t]*let (?:rec |mutable )?\w+[^\n=]*=[ \t]*$", 1),
        (r"\|> (?:List|Seq|Array)\.", 4),
        (r"\bprintfn \"", 5),
    ),
    "erlang": (
        (r"^-module\(\w+\)\.", 6),
        (r"^-export\(\[", 5),
        (r"^\w+\([^\n]*\) ->", 3),
    ),
    "clojure": (
        (r"^\(ns [\w.-]+", 6),
        (r"^\(defn-? [\w!?*-]+", 5),
        (r"^[ \t]*\(let \[", 3),
    ),
    "common-lisp": (
        (r"^\(defun [\w*-]+ \(", 5),
        (r"^\(def(?:var|parameter|macro|class|package) ", 4),
    ),
    "scheme": ((r"^\(define \(?[\w!?*-]+", 5), (r"^\(import \(|^#lang ", 3)),
    "prolog": (
        (r"^:- (?:module|use_module|dynamic|initialization)\(", 5),
        (r"^\w+\([^\n]*\) :-[ \t]*$", 5),
        (r"^\w+\([\w, ]+\)\.[ \t]*$", 2),
        (r"^use strict|\bmy \$", -6),
    ),
    "cobol": (
        (r"(?i)^[ \t]*identification division\.", 6),
        (r"(?i)^[ \t]*(?:procedure|data|environment) division", 5),
    ),
    "fortran": (
        (r"(?i)^[ \t]*(?:program|module|subroutine) \w+", 2),
        (r"(?i)^[ \t]*implicit none", 5),
        (r"(?i)^[ \t]*(?:integer|real|character)(?:\([^)\n]*\))?[^\n]*::", 4),
        (r"(?i)^[ \t]*end (?:program|do|subroutine|function|module)", 3),
    ),
    "ada": (
        (r"(?i)^with Ada\.[\w.]+;", 6),
        (r"(?i)^[ \t]*(?:procedure|package body|package) \w+(?:\.\w+)* is", 5),
    ),
    "delphi": (
        (r"(?i)^program \w+;", 4),
        (r"(?i)^unit \w+;", 5),
        (r"(?i)^[ \t]*writeln\(|\bend\.[ \t]*$", 2),
        (r":=", 1),
    ),
    "vb.net": (
        (r"(?i)^[ \t]*(?:public |private )?(?:sub|function) \w+\(", 3),
        (r"(?i)^[ \t]*dim \w+ as ", 4),
        (r"(?i)^[ \t]*end (?:sub|function|module|if)", 3),
        (r"(?i)^imports ", 4),
    ),
    "matlab": (
        (r"^function (?:\[?[\w, ]+\]? = )?\w+\(", 3),
        (r"^[ \t]*%", 1),
        (r"\b(?:zeros|ones|disp|fprintf|linspace)\(", 3),
        (r"\.[*/^]", 2),
    ),
    "verilog": (
        (r"^[ \t]*module \w+\s*(?:#?\(|;)", 4),
        (r"^[ \t]*(?:always @|assign |endmodule|(?:input|output|reg|wire)\b)", 3),
    ),
    "vhdl": (
        (r"(?i)^[ \t]*library ieee;", 6),
        (r"(?i)^[ \t]*(?:entity|architecture) \w+(?: of \w+)? is", 5),
    ),
    "coq": (
        (r"^(?:Require Import|Theorem|Lemma|Fixpoint|Inductive|Definition) ", 4),
        (r"^[ \t]*(?:Proof|Qed)\.", 4),
    ),
    "nasm": (
        (r"(?i)^[ \t]*section \.(?:text|data|bss)", 5),
        (r"(?i)^[ \t]*(?:mov|push|call|xor|int)\s+(?:e|r)?[a-d]?[xs]?\w*", 2),
        (r"(?i)^[ \t]*global _?\w+", 2),
    ),
    "solidity": ((r"^pragma solidity ", 6), (r"^contract \w+", 4)),
    "tex": (
        (r"^\\documentclass", 6),
        (r"\\(?:begin|section|usepackage)\{", 3),
    ),
    "markdown": (
        (r"\A#{1,3} \w", 2),
        (r"^#{2,4} \w", 1),
        (r"\[[^\]\n]+\]\(https?:", 2),
        (r"^[*-] \*\*|^```", 2),
        (r"[;{][ \t]*$|^(?:def|import|function|if) ", -4),
    ),
}
