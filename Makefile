# make run, make test and make lint do everything on a fresh Debian 12; `make` alone lists what there is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test bench profile image drain overload mutants fuzz fuzz-build lint build configure setup format \
        clean bench-build release-contracts lint-format lint-k8s lint-openapi lint-proto lint-python lint-shell lint-tidy

# dev, release, asan or tsan (see CMakePresets.json); fuzz is for `make fuzz` only.
PRESET ?= dev
BUILD := build/$(PRESET)
# A gRPC file takes about 1 GB to compile, so memory bounds the jobs as well as processors do.
JOBS ?= $(shell awk -v cpus=$$(nproc) '/^MemAvailable/ { n = int($$2 / 1200000); \
          print n < 1 ? 1 : n < cpus ? n : cpus }' /proc/meminfo)
PYTHON := /usr/bin/python3
# Every clone of the project shares what ccache remembers, wherever it lies.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
# What makes images of the Dockerfile, and the version that they are tagged with.
BUILDER ?= buildah
VERSION := $(shell awk '/^project/ { print $$3 }' CMakeLists.txt)
# What `make drain` mails, and the requests per second that a replica sends to an endpoint of Lob's.
ORDERS ?= 10000
PACE ?= 1000
# How long `make fuzz` searches with each target.
SECONDS ?= 60
# What `make profile` looks at: checkout, webhook or status.
KIND ?= checkout
# How long each phase of `make overload` lasts.
OVERLOAD_SECONDS ?= 30
NODE_MODULES := tests/node_modules/.package-lock.json

# Our own files of some kinds: tracked, or new and not ignored; not those deleted in the work tree.
files = $(or $(wildcard $(shell git ls-files --cached --others --exclude-standard --deduplicate -- $(1))), \
          $(error git lists no $(1): the linters must not pass because they saw nothing))

# $(call timed,part): a recipe line's prefix; .ci/run collects the seconds in the file that CI_TIMES names.
timed = $(CURDIR)/.ci/timed $(1)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## the whole suite on this machine, with stand-ins for Stripe and Lob; Ctrl-C stops it
	@$(call timed,setup) .ci/setup build run
	@$(MAKE) --no-print-directory configure
	@$(call timed,build) cmake --build $(BUILD) -j $(JOBS) --target intake registry payment fulfillment gateway sandbox
	@cd tests && HARNESS_BUILD_DIR=$(CURDIR)/$(BUILD) exec $(PYTHON) -m harness

test: build fuzz-build $(NODE_MODULES) ## everything that must pass before a change lands
	@# Descriptor 3: a test may print a report (the round-trip budget) although ctest swallows what passing tests print.
	@$(call timed,tests) env HARNESS_REPORT_FD=3 ctest --preset $(PRESET) -j $(JOBS) 3>&1
	@$(call timed,fuzz) ctest --preset fuzz -j $(JOBS)

# Layers are kept, so that the second image finds what the first was made of.
image: export BUILDAH_LAYERS := true
image: ## both container images, tagged with the version; BUILDER=docker, or OPTIONS for buildah
	@for target in programs migrate; do \
	  image=fightsftickets; \
	  [ $$target = programs ] || image=fightsftickets-$$target; \
	  $(BUILDER) build $(OPTIONS) --target $$target --build-arg VERSION=$(VERSION) --build-arg JOBS=$(JOBS) \
	    -t $$image:$(VERSION) .; \
	done

drain: build ## mails a backlog of ORDERS=10000 with two replicas and prints its cost; PACE=9 as Lob allows
	@cd tests && DRAIN_ORDERS=$(ORDERS) DRAIN_PACE=$(PACE) HARNESS_BUILD_DIR=$(CURDIR)/$(BUILD) \
	  $(PYTHON) -m pytest -q -s -k backlog_drains e2e/test_drain.py

bench: bench-build ## the suite's speed beside pgbench with our statements, as Markdown; ONLY="checkout 32" for one line
	@cd tests && BENCH_ONLY="$(ONLY)" HARNESS_BUILD_DIR=$(CURDIR)/build/release exec $(PYTHON) -m bench

profile: bench-build ## where the processor time goes, by function; KIND=checkout, webhook or status
	@cd tests && PROFILE_KIND=$(KIND) HARNESS_BUILD_DIR=$(CURDIR)/build/release exec $(PYTHON) -m bench.profile

# What is measured is what is shipped.
bench-build:
	@$(call timed,setup) .ci/setup build run bench
	@$(MAKE) --no-print-directory configure PRESET=release
	@$(call timed,build) cmake --build build/release -j $(JOBS) \
	  --target intake registry payment fulfillment gateway sandbox load

mutants: build ## breaks the product in many small ways, and sees a test turn red for each; NAMES="key lease" for some
	@cd tests && $(PYTHON) -m mutants $(NAMES)

fuzz: fuzz-build ## random input under the sanitizers, SECONDS=60 for each target; findings are in build/fuzz/findings
	@mkdir -p build/fuzz/findings
	@for target in build/fuzz/targets/*; do \
	  name=$${target##*/}; \
	  mkdir -p build/fuzz/corpus/$$name; \
	  words=tests/fuzz/$$name.dict; \
	  $$target -max_total_time=$(SECONDS) -artifact_prefix=build/fuzz/findings/$$name- \
	    $$([ ! -e "$$words" ] || echo "-dict=$$words") \
	    build/fuzz/corpus/$$name build/fuzz/seeds/$$name; \
	done

overload: build ## many more customers than can be served at once, for half a minute each; prints figures
	@cd tests && OVERLOAD_SECONDS=$(OVERLOAD_SECONDS) HARNESS_BUILD_DIR=$(CURDIR)/$(BUILD) \
	  $(PYTHON) -m pytest -q -s e2e/test_overload.py

# Another compiler has a build of its own, with nothing of the suite but what the targets link.
fuzz-build:
	@$(call timed,setup) .ci/setup build test fuzz
	@$(MAKE) --no-print-directory configure PRESET=fuzz
	@$(call timed,fuzz-build) cmake --build --preset fuzz -j $(JOBS)

build: ## all programs and tests
	@$(call timed,setup) .ci/setup build run test image node
	@$(MAKE) --no-print-directory configure
	@$(call timed,build) cmake --build $(BUILD) -j $(JOBS)

configure: $(BUILD)/build.ninja

$(BUILD)/build.ninja: CMakePresets.json
	@$(call timed,configure) cmake --preset $(PRESET)

lint: lint-format lint-k8s lint-openapi lint-proto lint-python lint-shell lint-tidy ## formatting and static checks of all files

lint-format: setup
	@$(call timed,lint-format) clang-format --dry-run -Werror $(call files,'*.cc' '*.h')

# What they need besides Debian packages is fetched once, into build/kubernetes.
LINT_K8S := checks image labels network pods restore rules runbook
lint-k8s: setup
	@cd tests && $(call timed,lint-k8s) $(PYTHON) -m manifests
	@cd tests && $(call timed,lint-k8s) $(PYTHON) -m pytest -q $(LINT_K8S:%=manifests/test_%.py)

# It would tell its maker that it runs, and ask for newer versions of itself.
lint-openapi: setup $(NODE_MODULES)
	@$(call timed,lint-openapi) env REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
	  tests/node_modules/.bin/redocly lint --config gateway/redocly.yaml gateway/openapi.yaml

lint-proto: setup $(NODE_MODULES)
	@$(call timed,lint-proto) tests/node_modules/.bin/buf lint proto
	@$(call timed,lint-proto) tests/node_modules/.bin/buf breaking proto --against proto/released.binpb

lint-python: setup
	@$(call timed,lint-python) flake8 $(call files,'*.py' .ci/tidy)

lint-shell: setup
	@$(call timed,lint-shell) shellcheck --severity=warning \
	  $$(awk 'FNR == 1 && /^#!.*sh$$/ { print FILENAME }' $(call files,'*.sh' '.ci/*' image/base image/pin))

lint-tidy: setup build fuzz-build
	@$(call timed,lint-tidy) .ci/tidy $(BUILD) $(JOBS)
	@$(call timed,lint-tidy) .ci/tidy build/fuzz $(JOBS) tests/fuzz

format: setup ## formats the C++ files
	@clang-format -i $(call files,'*.cc' '*.h')

# The statements, because the release's programs run on later schemas too: while those that come after it are rolled out,
# and when they are taken back (tests/e2e/test_statements.py).
release-contracts: $(NODE_MODULES) ## with a release: keeps today's contracts and SQL as what later versions must fit
	@$(call timed,setup) .ci/setup build
	@$(MAKE) --no-print-directory configure
	@$(call timed,build) cmake --build $(BUILD) -j $(JOBS) --target intake payment fulfillment
	@tests/node_modules/.bin/buf build proto --exclude-source-info -o proto/released.binpb
	@for program in intake payment fulfillment; do \
	  version=$$($(BUILD)/bin/$$program --version); \
	  statements=$$($(BUILD)/bin/$$program --print-statements); \
	  printf -- '-- %s\n%s\n\n' "$$version" "$$statements" >schema/released/$$program.sql; \
	done

setup: ## installs the Debian packages that are missing
	@$(call timed,setup) .ci/setup build run test image fuzz lint node

# npm writes this file when it is done.
$(NODE_MODULES): tests/package-lock.json tests/package.json
	@$(call timed,setup) .ci/setup node
	@$(call timed,npm) npm ci --prefix tests --no-audit --no-fund --loglevel=error
	@touch $@

clean: ## removes all that was built, and the data of `make run`
	@cd tests && $(PYTHON) -m harness.clean
	@rm -rf build tests/node_modules
