# The two commands anyone needs are `make run` and `make test`; both set everything up first.

BIN := .venv/bin

.PHONY: run test check bench screenshots demo-model demo-model-eval code-font set-up set-up-test format

run: set-up
	$(BIN)/starwright

# Two at a time, a file of tests in one piece: its model and its display are made once.
test: set-up-test
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

check: set-up-test
	$(BIN)/ruff format --check app tests packaging
	$(BIN)/ruff check app tests packaging
	$(BIN)/mypy
	$(BIN)/lint-imports

format: set-up
	$(BIN)/ruff format app tests packaging
	$(BIN)/ruff check --fix app tests packaging

bench: set-up-test
	$(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY))

screenshots: set-up-test
	$(BIN)/python -m tests.screenshots

set-up:
	@packaging/set_up.sh run

set-up-test:
	@packaging/set_up.sh test

# The built-in model: trained on the CPU within MINUTES, converted, measured. PyTorch is an extra.
MINUTES ?= 160
DEMO := PYTHONPATH=packaging:. $(BIN)/python -m demo_model

demo-model: set-up
	$(BIN)/python -m pip install --quiet --constraint packaging/constraints.txt --editable '.[dev,demo-model]'
	$(DEMO).train --minutes $(MINUTES)
	$(DEMO).convert
	$(DEMO).evaluate

demo-model-eval: set-up
	$(DEMO).evaluate

# The typeface of code, made of JetBrains Mono; fontTools is an extra.
code-font: set-up
	$(BIN)/python -m pip install --quiet --constraint packaging/constraints.txt --editable '.[dev,code-font]'
	$(BIN)/python packaging/code_font.py
