# `make` lists what there is. Everything sets itself up first and is safe to repeat.
SHELL := /bin/bash
MUNICIPALITIES ?= 30
SEED ?= 1
MINUTES ?= 10
RESET ?=
unexport PYTHONDONTWRITEBYTECODE
SERVICES := .venv-services/bin/python -m services
# several workers need Celery and a broker in the environment; without EXECUTOR the choice of before holds
MORE = $(if $(filter celery,$(EXECUTOR)),--scale)
CHOICE = $(if $(EXECUTOR),--executor $(EXECUTOR)) $(if $(WORKERS),--workers $(WORKERS))

.DEFAULT_GOAL := help
.PHONY: help setup setup-more demo up down test pythons bench chaos outage fullsize impact mutation parity wheel lint docs lock compose-env

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo "  options: PYTHON=/path/to/python - up, demo, compose-env EXECUTOR=local|celery WORKERS=2 - demo MUNICIPALITIES=30|all SEED=1 RESET=1 - impact AGAINST=REV - mutation PART=BSN-02 - parity CASES=500 - outage MINUTES=10 - chaos PART=orders - fullsize MUNICIPALITIES=30"

setup: ## make the environments only
	@services/bootstrap.sh

setup-more:
	@services/bootstrap.sh $(MORE)

demo: setup-more ## play two rounds from upload to publication through Airflow; leaves the UI running
	@if [ -n "$(RESET)" ] && [ "$(RESET)" != 0 ]; then $(SERVICES) reset; fi
	@GMSD_CLOCK=database GMSD_SYNTHETIC=true $(SERVICES) up $(CHOICE)
	@.venv/bin/gmsd demo play --municipalities "$(MUNICIPALITIES)" --seed "$(SEED)"

up: setup-more ## start the services and Airflow
	@$(SERVICES) up $(CHOICE)

down: ## stop them; state stays in var/
	@if [ -x .venv-services/bin/python ]; then $(SERVICES) down; else echo "Services were never installed"; fi

test: ## every category of tests against real services
	@services/bootstrap.sh --dev
	@tests/run

pythons: ## the tests that tell one Python from another, on each other supported Python of this machine
	@services/bootstrap.sh --dev
	@tests/pythons

chaos: ## faults in every step of a round: kills, services cut off, tasks twice and at once; prints a table
	@services/bootstrap.sh --dev
	@.venv/bin/python -m tests.chaos --lanes 2 $(if $(PART),--part "$(PART)")

outage: ## take PostgreSQL, store and mail away for MINUTES in the middle of uploads and of a publication; prints a table
	@services/bootstrap.sh --dev
	@.venv/bin/python -m tests.outage --minutes "$(MINUTES)"

fullsize: ## the whole country through the library: every figure, format and attack held against what is claimed; prints tables
	@services/bootstrap.sh --dev
	@.venv/bin/python -m tests.fullsize $(if $(filter file,$(origin MUNICIPALITIES)),,--municipalities "$(MUNICIPALITIES)")

bench: ## the benchmarks; writes var/bench/latest.json
	@services/bootstrap.sh --dev
	@.venv/bin/python -m tests.bench

impact: ## what the rules change against an earlier state
	@services/bootstrap.sh --dev
	@AGAINST="$(AGAINST)" tests/impact

mutation: ## break every rule in the YAML in many ways and show that a test fails for each
	@services/bootstrap.sh --dev
	@PYTHONPATH=. .venv/bin/python -W ignore -m tests.mutation "$(PART)"

parity: ## gx_polars, installed from its wheel: its tests, and 2,000 drawn cases of each kind against GX's pandas engine
	@services/bootstrap.sh --dev
	@.venv/bin/python -m tests.parity.installed $(CASES)

wheel: ## gx_polars as a wheel of its own, in var/dist
	@services/bootstrap.sh --dev
	@.venv/bin/python -m services.wheel

lint: ## formatter, linter, type checker, boundaries, generated pages
	@services/bootstrap.sh --dev
	@services/lint.sh

docs: ## make the generated pages anew (settings, commands, DAGs, the house and so on) and build the site, in var/site
	@services/bootstrap.sh --dev
	@.venv/bin/python docs/generate.py
	@.venv/bin/python docs/build_site.py

lock: setup ## make the lock files anew from the .in files; versions stay where they can
	@services/lock.sh

compose-env: setup ## make .env with the secrets that docker-compose.yaml requires
	@.venv-services/bin/python -m services.compose_env $(CHOICE)
