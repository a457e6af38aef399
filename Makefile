# Everything a newcomer needs: `make run` and `make test`. Python 3.11 or newer and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
# Three processes for two cores, for some tests wait (four take no less); each has a database of its own. A file's tests stay
# together and share what is costly; tests/conftest.py puts the longest files first.
PARALLEL := --processes 3
# Whatever the shell says: every start and every test process reads what the first one compiled.
export PYTHONDONTWRITEBYTECODE :=
SOURCES := forum moderation realtime migrations tests

.PHONY: run test test-fast soak check format messages clean-venv

run: $(RUNTIME)  ## Serve with a demo on http://127.0.0.1:8000 (HOST, PORT, VAR_DIR change that).
	@$(BIN)/python -m forum serve --demo

test: $(DEVELOPMENT)  ## Every test, the browser's too.
	@./tests/prepare
	$(BIN)/python -m pytest $(PARALLEL)

test-fast: $(DEVELOPMENT)  ## The tests that need neither a browser nor servers beside the database.
	$(BIN)/python -m pytest $(PARALLEL) -m "not servers" --ignore tests/browser --ignore tests/chaos

soak: $(DEVELOPMENT)  ## The long forms, hours: chaos with 500 readers, fuzz, lives in the room, tampering, hostile input, a day of a town in an hour.
	@./tests/prepare redis-server
	CHAOS_READERS=500 CHAOS_SECONDS=300 $(BIN)/python -m pytest -s tests/chaos
	FUZZ_SECONDS=600 $(BIN)/python -m pytest -s tests/realtime/test_fuzz.py
	LIFE_EXAMPLES=100 LIFE_ACTS=10000 $(BIN)/python -m pytest -s tests/test_life.py
	TAMPER_EVERYTHING=1 $(BIN)/python -m pytest tests/test_tampering.py
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest --timeout 3600 tests/forum tests/moderation tests/realtime -m "not browser and not servers"
	HOSTILE_EVERYTHING=1 $(BIN)/python -m pytest tests/test_hostile_input.py tests/test_town.py
	SCREENS_EVERYTHING=1 $(BIN)/python -m pytest --timeout 600 tests/browser/screens
	$(BIN)/python -m tests.soak.day

check: $(DEVELOPMENT)  ## Formatting, lint, types, import contracts, house rules, templates, documents, sizes.
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest tests/test_house_rules.py tests/test_dependencies.py tests/test_templates.py tests/test_docs.py tests/forum/static/test_sizes.py

format: $(DEVELOPMENT)
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

messages: $(DEVELOPMENT)  ## Bring the English catalogue up to date with the sources.
	$(BIN)/pybabel -q extract -F babel.cfg --no-location --omit-header -k _ -k N_ -k _n:1,1 -o $(VENV)/messages.pot .
	$(BIN)/pybabel -q update -l en -i $(VENV)/messages.pot -d forum/locale --no-fuzzy-matching --omit-header --ignore-pot-creation-date

$(RUNTIME): requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(DEVELOPMENT): requirements-dev.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ $(RUNTIME)
