"""Grammars that an answer keeps to: GBNF, or JSON schemas turned into it. Pure, no llama.cpp.

`reading` checks a grammar before a run begins and makes a network of it, which `ending` walks to
end an answer that is cut, and Lark, by which `constraint` masks tokens with llguidance. Schemas
are read in `schema_reading` and written as GBNF in `json_schema`.
"""
