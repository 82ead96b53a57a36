"""The formats that "output format" knows, and how a chat answer becomes one such document.

The grammars are small files in `resources/grammars`; `app.services.answering.valid_output` reads
them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.generation.chat.chat_prompts import ChatPrompt
from app.text.languages import Language

FENCE = "\n```"
"""Ends a document: models close the fence that their answer stands in."""

_SENTENCE = "Here it is."

# Reserved in SQLite, PostgreSQL or MySQL: no name without quotes may be one of these.
_SQL = """
add all alter analyse analyze and any array as asc asymmetric authorization autoincrement before
between bigint binary blob both by call cascade case cast change char character check collate column
commit concurrently condition constraint convert create cross current current_catalog current_date
current_role current_schema current_time current_timestamp current_user cursor database databases
dec decimal declare default deferrable delayed delete desc describe distinct distinctrow div do
double drop dual each else elseif enclosed end escape escaped except exists exit explain false fetch
float for force foreign freeze from full fulltext generated get glob grant group groups having if
ignore ilike in index indexed infile initially inner inout insert instead int integer intersect
interval into is isnull iterate join key keys kill lateral lead leading leave left like limit linear
lines load localtime localtimestamp lock long loop match materialized mod natural no not nothing
notnull null numeric of offset on only optimize option optionally or order out outer outfile over
overlaps partition placing precision primary procedure purge raise range rank read reads real
recursive references regexp release rename repeat replace require restrict return returning revoke
right rlike row row_number rows schema schemas select separator session_user set show similar
smallint some spatial sql starting symmetric system table tablesample terminated then to trailing
transaction trigger true undo union unique unlock unsigned update usage use user using utc_date
utc_time values varchar variadic varying verbose view virtual when where while window with write xor
zerofill
"""


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """One format. `grammar` is a file of `resources/grammars`.

    `language` is what the answer's fence and a base model's comment are written in; `reserved`
    words are no names in the grammar, whose rule `name` is made of them.
    """

    name: str
    grammar: str
    language: Language
    reserved: tuple[str, ...] = ()


JSON = "JSON"
OUTPUT_FORMATS = (
    OutputFormat(JSON, "json.gbnf", Language("JSON", "json", ".json", "//")),
    OutputFormat("YAML", "yaml.gbnf", Language("YAML", "yaml", ".yaml", "#")),
    OutputFormat("TOML", "toml.gbnf", Language("TOML", "toml", ".toml", "#")),
    OutputFormat("CSV", "csv.gbnf", Language("CSV", "csv", ".csv", "#")),
    OutputFormat("SQL", "sql.gbnf", Language("SQL", "sql", ".sql", "--"), tuple(_SQL.split())),
)


@dataclass(frozen=True, slots=True)
class Output:
    """What an answer must be: one document of a format, JSON perhaps by a schema."""

    format: OutputFormat
    schema: str = ""


def output_of(name: str, schema: str = "") -> Output | None:
    """Return the wanted output by the format's name in any case, None for no or an unknown one.

    A schema is for JSON; with another format it says nothing.
    """
    for known in OUTPUT_FORMATS:
        if known.name.lower() == name.lower():
            return Output(known, schema.strip() if known.name == JSON else "")
    return None


def fenced(document: str, output: Output) -> str:
    """Return a document as an answer of a chat has it: in a fence with its label."""
    return f"{_opening(output)}{document.rstrip()}{FENCE}"


def as_document(rendered: ChatPrompt, output: Output, *, is_bare: bool = False) -> ChatPrompt:
    """Let the answer to a rendered chat be a document, in a fence with its label.

    With `is_bare` the fence is for the model alone, and the answer is the document. An instruct
    model finds a word said and the fence opened already: many begin with a sentence, and would
    write it into the document. A base model's answer is code anyway.
    """
    opening = _opening(output)
    prompt = replace(rendered.prompt, stop_texts=(*rendered.prompt.stop_texts, FENCE))
    if not rendered.is_completing:
        prompt = replace(prompt, parts=(*prompt.parts, f"{_SENTENCE}\n\n{opening}"))
    if is_bare:
        return replace(rendered, prompt=prompt, opening="", closing="")
    return replace(rendered, prompt=prompt, opening=opening, closing=FENCE, is_always_closed=True)


def _opening(output: Output) -> str:
    return f"```{output.format.language.label}\n"
