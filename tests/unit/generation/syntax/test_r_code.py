"""R by the small parser of its own: what R reads, and where it stops reading."""

from __future__ import annotations

import pytest

from app.core.syntax import SyntaxState
from app.generation.syntax.checking import check

VALID = r"""x <- c(a = 1, b = 2)
x[["a"]]; x[1, , drop = FALSE]; x[[1]][2]; x[y[[1]]]
if (x > 1) {
  y
} else if (x < 0) z else {
  w
}
f <- function(x, ..., n = 10L) x + n
df %>% filter(a > 1, !is.na(b)) %>%
  summarise(m = mean(v), .groups = "drop")
ggplot(df, aes(x, y)) +
  facet_wrap(~ g)
lm(y ~ x + I(x^2), data = df)
s <- r"(C:\path "quoted")"; t <- R"---[a]---"
sapply(1:10, \(i) i^2)
repeat { i <- i + 1; if (i > 3) break }
while (TRUE) next
`my var` <- x$`a b`$c@d
pkg::fun(1)$y
switch(x, "a" = , "b" = 1, 2)
dt[, .(m = mean(x)), by = .(g)][, z := 1]
1e-3 + .5 + 0x1F + 2i + 1L
function(x)
  x
5 -> y
f(function(x) { x }, if (a) b else c)
x |> f() |> g(y = _)
{
  if (a)
    b
  else
    c
}
(if (a) b
 else c)
tryCatch({
  stop("x") # a comment (
}, error = function(e) NULL, finally = cat("done"))
"""


def test_what_r_reads_parses() -> None:
    assert check("r", VALID).state is SyntaxState.PARSES
    for end in range(len(VALID)):
        assert not check("r", VALID[:end], is_whole=False).is_error, VALID[:end]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("x <- c(1, 2\ny <- 3\n", (2, 1), "“)” is missing before “y”"),
        ("if (x {\n y\n}\n", (1, 7), "“)” is missing before “{”"),
        ("for (i 1:3) {}\n", (1, 8), "“in” is missing before “1”"),
        ("if (a) b\nelse c\n", (2, 1), "“else” is not expected here"),
        ('y <- 1\nx <- "abc\n', (2, 6), "never closed"),
        ('y <- 1\nx <- r"(abc"\n', (2, 6), "never closed"),
        ("f <- function() {\n  x[[1]\n}\n", (3, 1), "“]” is missing before “}”"),
        ("f <- function() {\n  x\n", (1, 17), "“{” is never closed"),
        ("x <- \n", (1, 4), "ends too early"),
        ("x[[1]]]\n", (1, 7), "“]” is not expected here"),
        ("a <- (b + ) c\n", (1, 11), "“)” is not expected here"),
        ("x <- 5 5\n", (1, 8), "“5” is not expected here"),
        ("if a > 1 {\n}\n", (1, 4), "“(” is missing before “a”"),
    ],
)
def test_what_r_does_not_read_is_found(text: str, place: tuple[int, int], words: str) -> None:
    found = check("r", text)
    assert (found.state, found.line, found.column) == (SyntaxState.ERROR, *place)
    assert words in found.message


def test_deep_nesting_is_survived() -> None:
    assert check("r", "(" * 100_000).state is SyntaxState.UNKNOWN
    assert check("r", "-" * 100_000).state is SyntaxState.ERROR
