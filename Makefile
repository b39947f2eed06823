# One command for each thing one does here; each says what it does.
SHELL := /bin/bash
PY := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help demo setup test test-long lint format translations lock docs mutation

help:            ## this list
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

demo:            ## environment, database, a lived district, server: then open the printed address
	@scripts/environment.sh base
	@$(PY) scripts/translations.py compile
	@exec .venv/bin/baodao demo

setup:           ## everything that tests and checks need; may be run again at any time
	@scripts/setup.sh
	@scripts/environment.sh dev
	@$(PY) scripts/translations.py compile

test: setup      ## the suite on SQLite, then on PostgreSQL
	@scripts/test.sh

test-long: setup ## kill runs, three other clocks, another time zone, a late browser, mutation
	@scripts/test_long.sh

lint: setup      ## format, ruff, mypy, arrows, templates, translations, migrations, house rules, docs
	@scripts/lint.sh

format:          ## let ruff lay out the code and mend what it can
	@.venv/bin/ruff check -q --fix . ; .venv/bin/ruff format -q .

translations:    ## collect new texts into locale/en
	@$(PY) scripts/translations.py update

lock:            ## compile requirements/*.in to hashed *.txt
	@scripts/lock.sh

docs:            ## build the documentation into site/
	@.venv/bin/mkdocs build --strict --quiet

mutation:        ## mutate clocks and settlement; at least 85 % must be killed
	@scripts/mutation.sh
