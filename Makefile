# The two commands of the README are `make demo` and `make test`; each sets up what it needs in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STACK := payments-dev
DEMO := build/demo

.PHONY: demo test templates check-templates format benchmark clean

demo: $(VENV)/demo.stamp
	@rm -rf .tap-templates && mkdir -p $(DEMO)
	$(BIN)/tap-templates generate secure-enterprise -c examples/payments/tap.yaml -e dev -o $(DEMO)/
	$(BIN)/tap-templates check $(DEMO)/secure-enterprise-dev.json -c examples/payments/tap.yaml -e dev
	$(BIN)/tap-templates deploy $(DEMO)/secure-enterprise-dev.json --stack $(STACK) --local -o cfn-outputs/flat-outputs.json

test: $(VENV)/tox.stamp
	$(BIN)/tox

templates: $(VENV)/demo.stamp
	$(BIN)/tap-templates generate secure-enterprise -o templates/

format: $(VENV)/tox.stamp
	$(BIN)/tox -e format

benchmark: $(VENV)/demo.stamp
	$(BIN)/python benchmarks/generate.py
	$(BIN)/python benchmarks/check.py

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo.stamp: $(BIN)/python setup.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[check,aws,local]'
	@touch $@

$(VENV)/tox.stamp: $(BIN)/python setup.cfg
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'tox>=4.20'
	@touch $@

clean:
	rm -rf $(VENV) .tox .tap-templates build dist cfn-outputs .coverage* *.egg-info
