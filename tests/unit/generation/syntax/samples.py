"""For each language a text that parses, and one that does not with the line of its first error."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """`broken` is a change of `valid`: what to replace, by what, and the line of the error."""

    label: str
    valid: str
    old: str
    new: str
    line: int

    @property
    def broken(self) -> str:
        assert self.old in self.valid
        return self.valid.replace(self.old, self.new, 1)


SAMPLES = (
    Sample(
        "c",
        """\
#include <stdio.h>

/* A comment
   over two lines. */
int main(void) {
    int total = 0;
    for (int i = 0; i < 3; i++) {
        total += i;
    }
    printf("%d\\n", total);
    return 0;
}
""",
        "i < 3; i++)",
        "i < 3; i++",
        7,
    ),
    Sample(
        "cpp",
        """\
#include <vector>

template <typename T>
class Stack {
public:
    void push(T value) { items_.push_back(std::move(value)); }
    bool empty() const noexcept { return items_.empty(); }

private:
    std::vector<T> items_;
};

int main() {
    auto twice = [](int x) { return x * 2; };
    return twice(0);
}
""",
        "return items_.empty(); }",
        "return items_.empty( }",
        7,
    ),
    Sample(
        "csharp",
        """\
using System;

namespace Demo
{
    public record Point(int X, int Y);

    public static class Program
    {
        public static void Main()
        {
            var text = $"Hello {Environment.UserName}";
            Console.WriteLine(text);
        }
    }
}
""",
        "var text =",
        "var text = =",
        11,
    ),
    Sample(
        "go",
        """\
package main

import "fmt"

type pair struct {
	a, b int
}

func main() {
	for i, p := range []pair{{1, 2}, {3, 4}} {
		fmt.Println(i, p.a+p.b)
	}
	text := `raw
string`
	fmt.Println(text)
}
""",
        "fmt.Println(i, p.a+p.b)",
        "fmt.Println(i, p.a+)",
        11,
    ),
    Sample(
        "java",
        """\
package demo;

import java.util.List;

public class Main {
    private final List<String> names = List.of("a", "b");

    /** Says all names. */
    public void say() {
        for (String name : names) {
            System.out.println(name);
        }
    }
}
""",
        "System.out.println(name);",
        "System.out.println(name;",
        11,
    ),
    Sample(
        "javascript",
        """\
import { readFile } from "node:fs/promises";

export async function load(path) {
  const text = await readFile(path, "utf8");
  const words = text.split(/\\s+/).map((word) => word.toLowerCase());
  return {
    count: words.length,
    message: `There are ${words.length}
words`,
  };
}
""",
        "count: words.length,",
        "count words.length,",
        7,
    ),
    Sample(
        "typescript",
        """\
interface User<T extends string = string> {
  readonly id: number;
  name?: T;
}

export const greet = (user: User): string => {
  const name = user.name ?? "nobody";
  return `Hello, ${name}`;
};
""",
        "readonly id: number;",
        "readonly id: ;",
        2,
    ),
    Sample(
        "kotlin",
        """\
package demo

data class Point(val x: Int, val y: Int)

fun main() {
    val points = listOf(Point(1, 2), Point(3, 4))
    val sum = points.sumOf { it.x + it.y }
    when {
        sum > 5 -> println("large: $sum")
        else -> println("small")
    }
}
""",
        "val sum = points",
        "val = points",
        7,
    ),
    Sample(
        "lua",
        """\
local M = {}

--[[ Adds
two numbers ]]
function M.add(a, b)
  if a == nil then
    return b
  end
  return a + b
end

return M
""",
        "if a == nil then",
        "if a = nil then",
        6,
    ),
    Sample(
        "php",
        """\
<?php

namespace Demo;

final class Counter
{
    private int $count = 0;

    public function add(int $by = 1): static
    {
        $this->count += $by;
        return $this;
    }
}

echo (new Counter())->add(2)::class;
""",
        "$this->count += $by;",
        "$this->count += ;",
        11,
    ),
    Sample(
        "python",
        '''\
from __future__ import annotations


class Stack:
    """Last in,
    first out."""

    def __init__(self) -> None:
        self.items: list[int] = []

    def pop(self) -> int:
        try:
            return self.items.pop()
        except IndexError:
            raise ValueError("empty") from None
''',
        "def pop(self) -> int:",
        "def pop(self -> int:",
        11,
    ),
    Sample(
        "r",
        """\
# Means of groups
means <- function(data, by = "group") {
  groups <- split(data$value, data[[by]])
  result <- sapply(groups, function(x) {
    if (length(x) == 0) NA else mean(x, na.rm = TRUE)
  })
  for (name in names(result)) {
    cat(sprintf("%s: %.2f\\n", name, result[[name]]))
  }
  invisible(result)
}

c(1, 2, 3) |> (\\(x) x^2)() %in% 4
""",
        "for (name in names(result)) {",
        "for (name names(result)) {",
        7,
    ),
    Sample(
        "ruby",
        """\
class Greeter
  attr_reader :name

  def initialize(name:)
    @name = name
  end

  def greet
    return "nobody" unless name
    %w[hello hi].map { |word| "#{word}, #{name}" }
  end
end

puts Greeter.new(name: "Ada").greet
""",
        "{ |word|",
        "{ |word",
        10,
    ),
    Sample(
        "rust",
        """\
use std::collections::HashMap;

#[derive(Debug, Clone)]
struct Point<T> {
    x: T,
    y: T,
}

fn count<'a>(words: &[&'a str]) -> HashMap<&'a str, usize> {
    let mut counts = HashMap::new();
    for word in words {
        *counts.entry(*word).or_insert(0) += 1;
    }
    counts
}
""",
        "let mut counts = HashMap::new();",
        "let mut = HashMap::new();",
        10,
    ),
    Sample(
        "sql",
        """\
CREATE TABLE users (
    id BIGINT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE
);

INSERT INTO users (id, email)
VALUES (1, 'a@example.org')
ON CONFLICT (id) DO UPDATE SET email = excluded.email;

SELECT email, count(*) AS n
FROM users
GROUP BY email
HAVING count(*) > 1;
""",
        "GROUP BY email",
        "GROUP email",
        12,
    ),
    Sample(
        "bash",
        """\
#!/usr/bin/env bash
set -euo pipefail

for file in "$@"; do
  if [[ -f "$file" ]]; then
    lines=$(wc -l < "$file")
    echo "$file: ${lines}"
  fi
done

cat <<EOF
Done with ${#} files.
EOF
""",
        'if [[ -f "$file" ]]; then',
        'if [[ -f "$file" ; then',
        5,
    ),
    Sample(
        "swift",
        """\
import Foundation

struct Point: Equatable {
    let x: Int
    var y: Int = 0
}

func largest(_ numbers: [Int]) -> Int? {
    guard let first = numbers.first else { return nil }
    return numbers.reduce(first) { max($0, $1) }
}

print(largest([1, 2, 3]) ?? 0)
""",
        "func largest(_ numbers: [Int]) -> Int? {",
        "func largest(_ numbers: [Int] -> Int? {",
        8,
    ),
    Sample(
        "terraform",
        """\
resource "aws_s3_bucket" "backups" {
  bucket = "backups-${var.stage}"

  tags = {
    Name = "backups"
  }
}

output "name" {
  value = aws_s3_bucket.backups.id
}
""",
        'Name = "backups"',
        "Name = ",
        6,
    ),
    Sample(
        "yaml",
        """\
name: demo
list:
  - one
  - two: 2
    three: [3, 4]
text: |
  Several
  lines
""",
        "three: [3, 4]",
        "three: [3, 4}",
        5,
    ),
    Sample(
        "json",
        """\
{
  "name": "demo",
  "list": [1, 2, 3],
  "nested": {"a": null, "b": true}
}
""",
        '"name": "demo",',
        '"name": "demo"',
        3,
    ),
    Sample(
        "toml",
        """\
[project]
name = "demo"
numbers = [
  1,
  2,
]

[project.urls]
home = "https://example.org"
""",
        'name = "demo"',
        "name = demo",
        2,
    ),
    Sample(
        "dockerfile",
        """\
FROM python:3.12-slim AS build
ARG VERSION=1.0
WORKDIR /app
COPY --chown=app:app requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt && \\
    rm -rf /root/.cache
ENV PATH="/app/bin:$PATH"
EXPOSE 8000
CMD ["python", "-m", "app"]
""",
        "EXPOSE 8000",
        "EXPOSED 8000",
        8,
    ),
    Sample(
        "html",
        """\
<!DOCTYPE html>
<html lang="en">
  <head>
    <title>Demo</title>
    <script>let a = 1 < 2;</script>
  </head>
  <body class="page">
    <p>Hello<br>world</p>
    <img src="a.png" alt="">
  </body>
</html>
""",
        "<p>Hello<br>world</p>",
        "<p>Hello<br>world</q>",
        8,
    ),
    Sample(
        "css",
        """\
:root {
  --gap: 8px;
}

@media (max-width: 600px) {
  .card > a:hover {
    margin: calc(var(--gap) * 2);
    color: #4b57d6;
  }
}
""",
        "color: #4b57d6;",
        "color #4b57d6;",
        8,
    ),
)
