"""Bytes are read as what they say, and written again the same."""

# ruff: noqa: RUF001 - the letters of many alphabets are what this is about

from __future__ import annotations

import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.encodings import ENCODINGS, Text, decode, detect, encode, printable, words_of

SAMPLES = [
    ("# 这是一个测试\nprint('你好，世界')\n", "gb18030"),
    ("// 返回字符串的长度\n", "gb18030"),
    ("你好", "gb18030"),
    ("// 讀取檔案\n", "big5"),
    ("# 繁體中文\n", "big5"),
    ("# これはテストです\nprint('こんにちは')\n", "cp932"),
    ("// 初期化\n", "cp932"),
    ("# 合計を計算する\n", "euc-jp"),
    ("# エラー: ファイルが見つかりません\n", "iso2022-jp"),
    ("# 한글\n", "cp949"),
    ("print('안녕하세요')\n", "cp949"),
    ("# Это проверка\nprint('Привет')\n", "koi8-r"),
    ("# Привет\n", "koi8-r"),
    ("# Привет\n", "cp1251"),
    ("// ПРИВЕТ МИР\n", "cp1251"),
    ("/* Функция возвращает сумму */\n", "cp866"),
    ("# Перевірка їжака\n", "koi8-u"),
    ("# Καλημέρα κόσμε\n", "cp1253"),
    ("# שלום\n", "cp1255"),
    ("# مرحبا\n", "cp1256"),
    ("print('สวัสดีชาวโลก')\n", "cp874"),
    ("# Zażółć gęślą jaźń\n", "cp1250"),
    ("// Příkaz se nepodařilo provést\n", "cp1250"),
    ("# čtení souboru: neplatný řádek\n", "cp1250"),
    ("// A művelet nem sikerült, próbálja később\n", "cp1250"),
    ("// vyskytla sa chyba pri analýze, ďalší súbor\n", "cp1250"),
    ("# Zażółć gęślą jaźń\n", "iso8859-2"),
    ("print('Merhaba dünya, nasılsın?')\n", "cp1254"),
    ("Write a function. Café.", "cp1252"),
    ("Café", "cp1252"),
    ("// Prüfung der Größe\n", "cp1252"),
    ("print(“hello”) – it’s\n", "cp1252"),
    ("/* © 2004 Example */\n", "cp1252"),
    ("price = '10 €'\n", "cp1252"),
    ("price € 5 – “ok”\n", "cp1252"),
    ("it’s 5 €\n", "cp1252"),
    ("äöüßÄÖÜ", "cp1252"),
    ("re.compile('[A-Za-zÄÖÜäöüß]+')\n", "cp1252"),
    ("VOWELS = 'áéíóúÁÉÍÓÚ'\n", "cp1252"),
    ("a-zåäöÅÄÖ", "cp1252"),
    ("àâçéèêëîïôûùü", "cp1252"),
    ("ąćęłńóśźż", "cp1250"),
    ("// файл не найден\n", "cp1251"),
    ("цена – 5 €, «да»\n", "cp1251"),
    ("валы и вилы\n", "cp1251"),
    ("тайм-аут\n", "cp1251"),
    ("print('plain')\r\n", "utf-8"),
    ("größe 日本 \U0001f600\n", "utf-8"),
    ("größe\n", "utf-8-sig"),
    ("größe\n", "utf-16"),
    ("größe\n", "utf-16-be-sig"),
    ("hello world\n", "utf-16-le"),
    ("hello world\n", "utf-16-be"),
    ("größe\n", "utf-32"),
    ("größe\n", "utf-32-be-sig"),
    ("hello world\n", "utf-32-le"),
    ("", "utf-8"),
    ("", "utf-16"),
    ("\x1b[31mred\x1b[0m a log\n", "utf-8"),
    ("old\r\n\x1a", "utf-8"),
]


@pytest.mark.parametrize(("text", "encoding"), SAMPLES)
def test_a_short_text_is_read_in_the_encoding_it_has(text: str, encoding: str) -> None:
    data = encode(text, encoding)
    assert detect(data) == Text(text, encoding)


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"GIF89a\x01\x00",
        b"\x7fELF\x02\x01\x01\0\0\0",
        b"abc\0def",
        b"\x00\x01",
        bytes(range(256)),
        b"\x1f\x8b\x08\x00\x03",
    ],
)
def test_what_is_no_text_is_told(data: bytes) -> None:
    assert detect(data) is None


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        ("日本語のテキスト".encode()[:-1], "日本語のテキス�", "utf-8"),
        ("größe über alles äöü\n".encode() + b"\xff\n", "größe über alles äöü\n�\n", "utf-8"),
        ("abc".encode("utf-16")[:-1], "ab�", "utf-16"),
    ],
)
def test_a_torn_text_is_read_and_said_to_be_torn(data: bytes, text: str, encoding: str) -> None:
    assert detect(data) == Text(text, encoding, is_exact=False)


@given(st.binary(max_size=200))
def test_whatever_is_said_to_be_exact_is_written_the_same(data: bytes) -> None:
    found = detect(data)
    if found is not None and found.is_exact:
        assert encode(found.text, found.encoding) == data
    if found is not None:
        found.text.encode()  # no lone surrogates, which nothing else takes


@pytest.mark.parametrize("one", ENCODINGS, ids=lambda one: one.name)
def test_every_encoding_that_can_be_chosen_reads_what_it_wrote(one: object) -> None:
    name = str(getattr(one, "name", ""))
    assert decode(encode("x = 1\n", name), name) == Text("x = 1\n", name)
    assert words_of(name) != ""


def test_a_choice_that_does_not_fit_shows_what_it_cannot_read() -> None:
    assert decode(b"caf\xe9", "utf-8") == Text("caf�", "utf-8", is_exact=False)
    with pytest.raises(UnicodeEncodeError):
        encode("→", "cp1252")
    with pytest.raises(LookupError):
        decode(b"a", "no such encoding")


def test_a_large_text_takes_little_time() -> None:
    data = ("x = 1  # größe\n" * 60_000).encode("cp1252")
    before = time.process_time()
    assert detect(data) == Text(data.decode("cp1252"), "cp1252")
    assert detect(os.urandom(300_000)) is None
    assert time.process_time() - before < 4  # half a second on an idle machine


def test_a_name_that_is_not_utf8_can_be_shown() -> None:
    assert printable(os.fsdecode(b"caf\xe9.py")) == "caf�.py"
    assert printable("café.py") == "café.py"
