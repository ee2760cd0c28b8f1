# Everything sets itself up in .venv: `make demo` and `make test` are all a newcomer needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
# real data for tests and benchmarks, where a folder holds some; they skip without
export SKOT_DATA ?= $(wildcard ../shared/data)

.PHONY: demo test test-slow doc bench lint format clean

demo: $(VENV)/.plot ## the main job on real input, and its picture
	@mkdir -p build
	MPLBACKEND=Agg $(BIN)/python examples/plot_quickstart.py build/demo.png
	@echo "picture: build/demo.png"

test: $(VENV)/.test ## the quick suite, on all cores
	$(BIN)/python -m pytest -q -n auto -m "not slow"

test-slow: $(VENV)/.test ## reproductions and large inputs
	$(BIN)/python -m pytest -q -m slow

doc: $(VENV)/.doc ## the site, in doc/_build/html; warnings are errors
	$(BIN)/python -m sphinx -W --keep-going -q -b html doc doc/_build/html

bench: $(VENV)/.bench ## every benchmark, one table each
	for script in benchmarks/bench_*.py benchmarks/repro_*.py; do \
	  $(BIN)/python $$script || exit 1; done

lint: $(VENV)/.dev ## style, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build doc/_build doc/auto_examples doc/api doc/parameters.rst

# one stamp for each extra: installed once, and again when pyproject.toml changes
$(VENV)/.%: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) -e ".[$*]"
	@touch $@
