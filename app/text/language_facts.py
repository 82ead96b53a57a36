"""What Pygments does not know of languages, for `app.text.languages`: our own facts.

Comments were compared with what each lexer colours as a comment; a language that stands in no
line of `COMMENTS` has none (JSON, terminal sessions) or none that we know of.
"""

from __future__ import annotations

SMALL_MODEL_LEXERS = """
    python javascript typescript c cpp csharp go java kotlin lua php splus ruby rust sql
    bash swift
"""
"""The languages of StarCoder 2 3B and 7B (arXiv:2402.19173, table 1), as Pygments calls them."""

PARTS = {
    "python2": "python",
    "numpy": "python",
    "jsx": "javascript",
    "mysql": "sql",
    "postgresql": "sql",
}
"""Lexers of what was trained on as part of another language: the files have the same endings."""

COMMON = """
    python javascript typescript c cpp csharp go java kotlin lua php splus ruby rust sql
    bash swift html css terraform yaml docker nginx systemd json toml make haskell scala
    perl julia zig elixir powershell xml markdown dart groovy jsx tsx scss vue objective-c
    matlab clojure erlang ocaml fsharp cobol fortran ada common-lisp scheme vb.net delphi
    nasm graphql protobuf cmake ini diff text
"""
"""What stands first in a list, in this order; the rest follows by name."""

NAMES = {
    "actionscript3": "ActionScript 3",
    "autohotkey": "AutoHotkey",
    "bash": "Shell",
    "batch": "Batch",
    "bdd": "BDD",
    "bugs": "BUGS",
    "cobolfree": "COBOL (free format)",
    "common-lisp": "Common Lisp",
    "console": "Shell session",
    "cplint": "cplint",
    "dax": "DAX",
    "debsources": "Debian source list",
    "docker": "Dockerfile",
    "emacs-lisp": "Emacs Lisp",
    "fortranfixed": "Fortran (fixed form)",
    "fstar": "F*",
    "gas": "GNU assembler",
    "gcode": "G-code",
    "icon": "Icon",
    "javascript+mozpreproc": "JavaScript+mozpreproc",
    "js+ul4": "JavaScript+UL4",
    "less": "Less",
    "lean4": "Lean 4",
    "lighttpd": "lighttpd",
    "liquid": "Liquid",
    "matlab": "MATLAB",
    "mosel": "Mosel",
    "nginx": "nginx",
    "nimrod": "Nim",
    "omg-idl": "OMG IDL",
    "perl6": "Raku",
    "python2": "Python 2",
    "registry": "Windows Registry",
    "splus": "R",
    "sqlite3": "SQLite session",
    "systemd": "systemd",
    "systemverilog": "SystemVerilog",
    "teal": "TEAL",
    "text": "Plain text",
    "verilog": "Verilog",
    "vhdl": "VHDL",
    "vim": "Vim script",
}
"""Names as people write them, where Pygments has another."""

LABELS = {"docker": "dockerfile", "make": "makefile", "splus": "r", "emacs-lisp": "elisp"}
"""Words after a fence as people and models write them, where Pygments' first word is another."""

ALIASES = {
    "python": "gyp",
    "javascript": "node nodejs mjs cjs",
    "typescript": "mts cts deno",
    "c": "h",
    "cpp": "cc cxx hpp",
    "kotlin": "kt kts",
    "terraform": "opentofu tofu tfvars",
    "docker": "containerfile",
    "ini": "conf",
    "text": "txt plain plaintext none",
    "splus": "rlang rscript",
    "perl6": "rakulang",
    "vim": "vimscript viml",
    "batch": "cmd",
    "console": "shellsession terminal",
    "haskell": "ghci",
    "delphi": "freepascal",
    "nimrod": "nimlang",
    "xml": "svg",
    "diff": "patch",
    "json": "jsonc",
}
"""More words for a language than Pygments takes."""

ENDINGS = {
    "bash": ".sh",
    "c": ".c",
    "common-lisp": ".lisp",
    "delphi": ".pas",
    "docker": ".dockerfile",
    "erlang": ".erl",
    "fortran": ".f90",
    "fortranfixed": ".f",
    "haskell": ".hs",
    "ini": ".ini",
    "javascript": ".js",
    "make": ".mk",
    "matlab": ".m",
    "mysql": ".sql",
    "nginx": ".conf",
    "numpy": ".py",
    "objective-c": ".m",
    "plpgsql": ".sql",
    "postgresql": ".sql",
    "python": ".py",
    "python2": ".py",
    "perl6": ".raku",
    "splus": ".r",
    "systemd": ".service",
    "text": ".txt",
    "tsql": ".sql",
    "vb.net": ".vb",
    "cobol": ".cob",
    "ada": ".adb",
    "pot": ".po",
    "glsl": ".frag",
    "prolog": ".pl",
    "logos": ".xm",
}
"""The ending that a new file gets, where it is not the first that Pygments lists."""

FILES = {
    "bash": ".profile .bash_profile .envrc",
    "docker": "containerfile *.dockerfile *.containerfile dockerfile.* *.dockerignore",
    "groovy": "jenkinsfile *.jenkinsfile",
    "ini": ".gitconfig .npmrc *.desktop.in",
    "javascript": "*.es6",
    "typescript": "*.mts *.cts",
    "json": "*.jsonc *.webmanifest *.tfstate *.ipynb .babelrc .eslintrc",
    "make": "*.make",
    "nginx": "*.nginx",
    "ruby": "brewfile podfile fastfile",
    "splus": "*.r",
    "systemd": "*.network *.netdev *.nspawn",
    "terraform": "*.tfvars *.tofu *.nomad",
    "toml": "cargo.lock uv.lock",
    "yaml": ".clang-format .clang-tidy *.clangd",
    "xml": "*.csproj *.vcxproj *.plist *.xaml",
    "delphi": "*.pp *.lpr",
}
"""File names that Pygments does not list, in small letters."""

OWNERS = {
    ".as": "actionscript3",
    ".g": "antlr-java",
    ".feature": "gherkin",
    ".b": "brainfuck",
    ".bug": "bugs",
    ".h": "c",
    ".aspx": "aspx-cs",
    ".asax": "aspx-cs",
    ".ascx": "aspx-cs",
    ".ashx": "aspx-cs",
    ".asmx": "aspx-cs",
    ".axd": "aspx-cs",
    ".s": "gas",
    ".S": "gas",
    ".bas": "vb.net",
    ".cl": "common-lisp",
    ".cp": "cpp",
    ".ecl": "ecl",
    ".prolog": "prolog",
    ".pro": "prolog",
    ".pl": "perl",
    ".hh": "cpp",
    ".mac": "maxima",
    ".n": "nemerle",
    ".fs": "fsharp",
    ".tst": "scilab",
    ".gd": "gdscript",
    ".xslt": "xslt",
    ".xsl": "xslt",
    ".inf": "ini",
    ".j": "objective-j",
    ".lean": "lean4",
    ".mi": "mason",
    ".mm": "objective-c++",
    ".m": "matlab",
    ".def": "modula2",
    ".asm": "nasm",
    ".ASM": "nasm",
    ".p": "openedge",
    ".inc": "php",
    ".pm": "perl",
    ".t": "perl",
    ".r": "splus",
    ".sc": "supercollider",
    ".scd": "supercollider",
    ".rl": "ragel-c",
    ".v": "verilog",
    ".sql": "sql",
    ".i": "swig",
    ".ttl": "turtle",
    ".toc": "tex",
    ".u": "urbiscript",
}
"""Whose a file ending is that several languages use; `app.text.detection` looks inside."""

COMMENTS: tuple[tuple[str, str, str], ...] = (
    (
        "#",
        "",
        """
        apacheconf ampl awk bare basemake bash bdd berry bitbake boa boo bqn bugs
        caddyfile capnp cfengine3 cmake coffeescript cr crmsh cython debcontrol
        debian.sources debsources desktop dg docker elixir execline ezhil fancy fish
        floscript gap gas gdscript gherkin gnuplot golo gooddata-cl graphql gsql haxeml
        icon jags janet julia kal kconfig ldapconf ldif lighttpd limbo livescript
        llvm-mir make maple maql mcfunction meson mips mojo monte mscgen myghty
        nestedtext nginx nimrod nit nixos numpy org pacmanconf pan peg perl perl6
        pkgconfig pot powershell praat promql properties prql puppet py+ul4 python
        python2 ragel ragel-ruby rego ride rita rng-compact robotframework
        roboconf-graph roboconf-instances ruby sed shexc sieve singularity slurm smali
        sparql spec splus squidconf srcinfo systemd tap tcl tcsh termcap terminfo
        terraform toml trafficscript treetop turtle typoscript ucode unicon unixconfig
        usd vcl vclsnippets vyper wowtoc xorg.conf yaml yaml+jinja zeek
        """,
    ),
    (
        "//",
        "",
        """
        actionscript actionscript3 alloy ambienttalk amdgpu androidbp antlr
        antlr-actionscript antlr-cpp antlr-csharp antlr-java antlr-objc antlr-perl
        antlr-python antlr-ruby arduino aspectj asymptote blueprint boogie c camkes
        capdl carbon cel ceylon cfs chaiscript chapel charmci clay clean codeql comal
        cpp croc cryptol csharp cuda cypher d dart dax delphi devicetree dylan dylan-lid
        ec ecl fan felix fift freefem fsharp fstar gleam glsl go gosu graphviz groovy
        hare haxe hlsl hsail hybris igor io java javascript javascript+cheetah
        javascript+django javascript+lasso javascript+mako javascript+mozpreproc
        javascript+myghty javascript+php javascript+ruby javascript+smarty js+genshitext
        js+ul4 jsgf jslt json5 jsonnet jsx juttle koka kotlin kql lasso less logos lsl
        mask mcschema minid miniscript modelica mql mupad nemerle nesc objective-c
        objective-c++ objective-j omg-idl ooc opa openscad parasail pawn phix php pike
        pony portugol pov promela protobuf ptx pug qlik qml qvto ragel-c ragel-cpp
        ragel-d ragel-java ragel-objc reasonml rell resourcebundle rust sarl sass savi
        scala scilab scss silver smithy snowball solidity sophia sp spice stan stata
        supercollider swift swig systemverilog tablegen tact tads3 teal thrift ti tlb
        tsx typescript typst urbiscript vala verifpal verilog webidl wgsl whiley wren
        x10 xpp xtend yang yara zephir zig
        """,
    ),
    (
        "--",
        "",
        """
        ada adl agda applescript asn1 cadl eiffel elm futhark googlesql haskell hspec
        idris lean lean4 lua luau macaulay2 moonscript mysql nusmv odin pig plpgsql
        pointless postgresql psql purescript rsl sql sql+jinja tsql vhdl
        """,
    ),
    (
        ";",
        "",
        """
        abnf arturo autohotkey autoit blitzbasic ca65 cddl clojure clojurescript
        common-lisp cpsa csound csound-document csound-score dasm16 emacs-lisp extempore
        fennel gcode hylang idl ini ioke jasmin llvm llvm-mir-body nasm ncl newlisp nsis
        pddl racket rebol red redcode registry scdoc scheme tasm teratermmacro zone
        """,
    ),
    (";;", "", "earl-grey func wast"),
    (
        "%",
        "",
        """
        bst cplint elpi erlang lilypond literate-agda literate-cryptol literate-haskell
        literate-idris logtalk matlab octave postscript prolog rd tex visualprolog
        visualprologgrammar
        """,
    ),
    (
        "/*",
        "*/",
        """
        bc css css+django css+genshitext css+lasso css+mako css+mozpreproc css+myghty
        css+php css+ruby css+smarty css+ul4 maxima openedge rexx sas tls
        typoscriptcssdata
        """,
    ),
    (
        "(*",
        "*)",
        """
        augeas componentpascal coq ebnf isabelle mathematica modula2 newspeak ocaml sml
        """,
    ),
    (
        "<!--",
        "-->",
        """
        dtd duel genshi html html+cheetah html+django html+evoque html+genshi
        html+handlebars html+lasso html+mako html+myghty html+ng2 html+php html+smarty
        html+twig html+ul4 html+velocity markdown mason mxml ng2 rhtml slash ssp tea tid
        typoscripthtmldata vue wikitext xml xml+cheetah xml+django xml+evoque xml+lasso
        xml+mako xml+myghty xml+php xml+ruby xml+smarty xml+ul4 xml+velocity xslt
        xul+mozpreproc
        """,
    ),
    ("<!---", "--->", "cfc cfm"),
    ("<%--", "--%>", "aspx-cs aspx-vb jsp"),
    ("<%!--", "--%>", "gst"),
    ("<%#", "%>", "erb"),
    ("{#", "#}", "django twig"),
    ("{{!", "}}", "handlebars"),
    ("{*", "*}", "smarty"),
    ("{% comment %}", "{% endcomment %}", "liquid"),
    ("{", "}", "kuin vgl"),
    ("(:", ":)", "xquery"),
    ("(", ")", "tal"),
    ("[", "]", "inform7"),
    ('"', '"', "smalltalk"),
    ("\\*", "*\\", "shen"),
    ("##", "", "cheetah genshitext mako trac-wiki velocity"),
    ("!", "", "ansys factor fortran fortranfixed inform6 mosel"),
    ("'", "", "blitzmax monkey qbasic vb.net vbscript"),
    ('"', "", "abap vim"),
    ("REM", "", "batch bbcbasic cbmbas"),
    ("*>", "", "cobol cobolfree"),
    ("*", "", "easytrieve foxpro snobol"),
    ("/", "", "k q slim"),
    ("-#", "", "haml scaml"),
    ("⍝", "", "apl"),
    ("\\", "", "forth"),
    ("NB.", "", "j"),
    ("//*", "", "jcl"),
    ('.\\"', "", "groff"),
    ("..", "", "restructuredtext"),
)
"""What begins a comment, what ends it where the line's end does not, and whose it is."""
