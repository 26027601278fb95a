# The targets that people use. 'make' alone lists them.
# The first Python that is new enough; name another with PYTHON=...
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
VENV := .venv
BIN := $(VENV)/bin
QUARTER ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: rollup
rollup: $(VENV)/.runtime ## Build the page of the last quarter that has ended (or of QUARTER=2026-Q3)
	@$(BIN)/winloss rollup $(QUARTER)

.PHONY: check
check: $(VENV)/.runtime ## Find every problem of every record, form and policy file
	@$(BIN)/winloss check

.PHONY: due
due: $(VENV)/.runtime ## Say who owes what by when, and why
	@$(BIN)/winloss due

.PHONY: status
status: $(VENV)/.runtime ## Say where each deal stands
	@$(BIN)/winloss status

.PHONY: audit
audit: $(VENV)/.runtime ## Say whether history keeps the promises
	@$(BIN)/winloss audit

.PHONY: demo
demo: $(VENV)/.runtime ## Build a repository with a year of history in try-winloss/, to try the tool on
	@$(BIN)/winloss demo try-winloss

.PHONY: test
test: $(VENV)/.dev ## Run the tests
	@$(BIN)/python -m pytest -n auto

.PHONY: cover
cover: $(VENV)/.dev ## Run the tests with branch coverage of the thinking part, 95 % or more
	@$(BIN)/coverage erase
	@COVERAGE_FILE=$(CURDIR)/.coverage COVERAGE_PROCESS_START=$(CURDIR)/pyproject.toml $(BIN)/coverage run -m pytest -n auto
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report --include='src/winloss/core/*,src/winloss/core/*/*' --fail-under=95

.PHONY: hooks
hooks: $(VENV)/.dev ## Try the pre-commit hooks as another repository gets them (needs the network)
	@tests/try-hooks "$(CURDIR)/$(BIN)/python"

.PHONY: fuzz
fuzz: $(VENV)/.dev ## Try each property on many more examples than make test does (some minutes)
	@WINLOSS_EXAMPLES=20 $(BIN)/python -m pytest -n auto -k "$$(grep -l examples tests/test_*.py \
		| sed 's|tests/||; s|\.py||' | paste -sd' ' | sed 's/ / or /g')"

.PHONY: lint
lint: $(VENV)/.dev ## Check style and types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

.PHONY: golden
golden: $(VENV)/.dev ## Write today's output into the golden cases, to be read in the diff
	@$(BIN)/python -m pytest tests/test_golden.py --update-golden

.PHONY: monday-schema
monday-schema: $(VENV)/.dev ## Rebuild Monday.com's schema from the vendor's package (needs npm and the network)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
		npm pack --silent --pack-destination "$$folder" @mondaydotcomorg/api@14.0.0 >/dev/null && \
		$(BIN)/python tests/vendor_schema.py "$$folder"/*.tgz >"$$folder/schema.graphql" && \
		mv "$$folder/schema.graphql" src/winloss/testing/monday/schema.graphql

.PHONY: live
live: $(VENV)/.dev ## Try Monday.com itself (tests/test_monday_live.py says what it needs)
	@$(BIN)/python -m pytest -m live

.PHONY: lock
lock: $(VENV)/.dev ## Take newer versions of the packages into the lock files
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv
	@$(LOCK) --extra calendar --extra monday --group build -o requirements.txt
	@$(LOCK) --extra calendar --extra monday --group dev -c requirements.txt -o requirements-dev.txt

LOCK = $(BIN)/uv pip compile pyproject.toml -q --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate

.PHONY: clean
clean: ## Remove the virtual environment and everything that can be built again
	@rm -rf $(VENV) .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist

# What the tool needs to run, and what its tests need besides; each is installed once.
$(VENV)/.runtime: requirements.txt pyproject.toml
	@command -v git >/dev/null || { echo "winloss needs git: install it, then run make again" >&2; exit 1; }
	@test -n "$(PYTHON)" || \
		{ echo "winloss needs Python 3.11 or newer: install it, or run make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	@echo "Adding what the tests need (once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
