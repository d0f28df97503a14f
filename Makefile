# The two commands of the README are `make demo` and `make test`; each sets up what it needs in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TAP := $(BIN)/tap-templates
STACK := payments-dev
DEMO := build/demo

.PHONY: demo test templates check-templates format benchmark clean

demo: $(VENV)/demo.stamp
	@rm -rf .tap-templates $(DEMO) && mkdir -p $(DEMO)
	$(TAP) generate secure-enterprise -c examples/payments/tap.yaml -e dev -o $(DEMO)/
	$(TAP) check $(DEMO)/secure-enterprise-dev.json -c examples/payments/tap.yaml -e dev
	$(TAP) deploy $(DEMO)/secure-enterprise-dev.json --stack $(STACK) --local --yes
	$(TAP) verify $(STACK) --local
	$(TAP) outputs $(STACK) --local -o cfn-outputs/flat-outputs.json
	$(TAP) tests $(DEMO)/secure-enterprise-dev.json -o $(DEMO)/integration
	eval "$$($(TAP) emulator start)" && $(BIN)/python -m pytest -c /dev/null --require-stack $(DEMO)/integration
	$(TAP) delete $(STACK) --local --yes
	$(TAP) emulator stop

test: $(VENV)/tox.stamp
	$(BIN)/tox

templates: $(VENV)/demo.stamp
	$(TAP) generate secure-enterprise -o templates/
	$(TAP) generate event-pipeline -o templates/
	$(TAP) generate data-store -o templates/

format: $(VENV)/tox.stamp
	$(BIN)/tox -e format

benchmark: $(VENV)/demo.stamp
	$(BIN)/python benchmarks/generate.py
	$(BIN)/python benchmarks/scaling.py
	$(BIN)/python benchmarks/check.py
	$(BIN)/python benchmarks/rules.py

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo.stamp: $(BIN)/python setup.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[check,local,testing]'
	@touch $@

$(VENV)/tox.stamp: $(BIN)/python setup.cfg
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'tox>=4.20'
	@touch $@

clean:
	rm -rf $(VENV) .tox .tap-templates build dist cfn-outputs .coverage* *.egg-info
