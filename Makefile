# make demo    the main job on the sample catalog, against the embedded sandbox
# make test    the tests, over the built wheel; make test ARGS="-k isbn" for some of them
# make conformance  every provider under every reading of its documents, held to every check: longer than the tests
# make soak    simulations of crashes and faults on all cores until interrupted; make soak ARGS="--seconds 60", --schedules N, --seed S
# make fuzz    the generated tests (spoilt answers, files and catalogs) with other examples each time; make fuzz ARGS="--seconds 3600", --seed S
# make kills   catalogctl and Terraform killed in the same way, and what each still knows afterwards (docs/reliability.md)
# make check   everything that CI checks
# make fix     what ruff can put right by itself
# make bench   the benchmarks, written to docs/benchmarks.md; make bench ARGS="--part apis" for one of its four parts
# make gallery docs/gallery.md and its pictures (needs chromium, git and jq)
# make schemas the JSON schemas of schemas/, from the models
# make lock    requirements*.txt, from pyproject.toml (needs uv)
# make sbom    build/sbom.cdx.json: what catalogctl is made of, as CycloneDX, from the lock files alone
# make audit   the lock files against the database of known vulnerabilities (needs the network; says so where it is not there)
#
# Each sets up .venv by itself. PYTHON=... names the interpreter to make it with.

VENV ?= .venv
export VENV
PY = $(VENV)/bin/python
ARGS ?=
# Many tests wait for processes of their own more than they compute: twice as many workers as there are cores.
WORKERS ?= $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN))

.PHONY: demo test conformance soak fuzz kills check lint fix types contracts duplicates lock-check schemas-check schemas bench gallery lock sbom audit run-env dev-env clean
.NOTPARALLEL:

demo: run-env
	@$(PY) -m catalogctl demo $(ARGS)

# PYTHONSAFEPATH keeps the checkout off sys.path, in pytest and in every command a test starts.
test: dev-env
	@tools/wheel
	@PYTHONSAFEPATH=1 build/wheel-env/bin/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

conformance: dev-env
	@tools/wheel
	@CATALOGCTL_CONFORMANCE=full PYTHONSAFEPATH=1 build/wheel-env/bin/python -m pytest --numprocesses $(WORKERS) --dist worksteal tests/conformance $(ARGS)

soak: dev-env
	@$(PY) tests/simulation/soak.py $(ARGS)

fuzz: dev-env
	@tools/wheel
	@PYTHONSAFEPATH=1 build/wheel-env/bin/python tests/fuzz.py $(ARGS)

kills: dev-env
	@$(PY) tests/simulation/beside_terraform.py $(ARGS)

check: lint types contracts duplicates lock-check schemas-check test

lint: dev-env
	@$(PY) -m ruff check --quiet .
	@echo "ruff: nothing to say"

fix: dev-env
	@$(PY) -m ruff check --fix .

types: dev-env
	@$(PY) -m mypy

# PYTHONPATH: one contract is our own, tools/contracts.py.
contracts: dev-env
	@PYTHONPATH=. $(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-cache

duplicates: dev-env
	@$(PY) -m pylint catalogctl
	@echo "pylint: no duplicated code"

lock-check: dev-env
	@$(PY) tools/lock.py --check

schemas-check: run-env
	@rm -rf build/schemas
	@mkdir -p build
	@$(PY) -m catalogctl schema --write build/schemas
	@diff -r schemas build/schemas || { echo "schemas/ is not what the models say; run: make schemas" >&2; exit 1; }
	@echo "schemas/ agrees with the models"

schemas: run-env
	@$(PY) -m catalogctl schema --write schemas

# octoDNS is a peer to be timed beside us; where it cannot be had, the page says that it was skipped.
bench: run-env
	@mkdir -p build
	@test -x build/octodns/bin/octodns-sync || { rm -rf build/octodns && $(PY) -m venv build/octodns && \
		build/octodns/bin/python -m pip install --quiet -r tests/bench/requirements.txt; } > build/octodns.log 2>&1 || \
		echo "octoDNS could not be installed (build/octodns.log); going on without it"
	@CATALOGCTL_BENCH_OCTODNS=$(CURDIR)/build/octodns $(PY) tests/bench/run.py --date "$$(date +%F)" $(ARGS)

gallery: dev-env
	@PYTHONPATH=tests:. $(PY) -m gallery.make

lock: dev-env
	@$(PY) tools/lock.py

sbom: dev-env
	@$(PY) tools/sbom.py $(ARGS)

audit: dev-env
	@$(PY) tools/audit.py

run-env:
	@tools/setup run

dev-env:
	@tools/setup dev

clean:
	rm -rf $(VENV) build dist
