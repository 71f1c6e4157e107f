# What one does with this project. `make` alone lists it.

# Nothing here needs C but the race detector, and the modules below that exist
# for what the main one cannot have.
export CGO_ENABLED := 0
with_cgo := CGO_ENABLED=1

# How long each fuzz test runs: a number of inputs, or a time (which Go now and
# then ends with "context deadline exceeded").
FUZZTIME ?= 50000x

# How long soak goes on.
MINUTES ?= 10

# Modules below this one: tracked, and not the material of a test.
modules := $(patsubst %/go.mod,%,$(shell git ls-files -- '*/go.mod' ':!:*/testdata/*'))

.DEFAULT_GOAL := help
.PHONY: help run build docs test interop browser check format vet staticcheck generated golden generate sample bench bench-kernels profile fuzz soak clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
		while IFS='|' read -r target text; do printf '  make %-14s %s\n' "$$target" "$$text"; done

run: build ## build the program and run it on the sample
	bin/build

build: ## build the program: bin/build
	go build -trimpath -o bin/build ./cmd/build

docs: run ## run the sample and write its docs page: target/docs/index.html
	bin/build docs

test: ## run all tests, with the race detector
	$(with_cgo) go test -race -timeout 30m ./...
	@set -e; for dir in $(modules); do \
		echo "== $$dir"; (cd "$$dir" && $(with_cgo) go test -race -timeout 30m ./...); \
	done

interop: ## have other programs read what is published; needs Python, Node and a network
	tests/interop/run

browser: ## look at the docs page in a real browser; needs Chromium, Node and a network
	tests/browser/run

check: format vet staticcheck generated ## everything that can be checked without running the tests
	go test ./internal/architecture

format: ## fail where gofmt would change a file
	@set -e; \
	files=$$(git ls-files --cached --others --exclude-standard -- '*.go' ':!:*/testdata/*'); \
	unformatted=$$(gofmt -l $$files); \
	if [ -n "$$unformatted" ]; then \
		echo "not as gofmt has it; run gofmt -w on:"; echo "$$unformatted"; exit 1; \
	fi

vet: ## go vet
	go vet ./...
	@set -e; for dir in $(modules); do \
		echo "== $$dir"; (cd "$$dir" && $(with_cgo) go vet ./...); \
	done

staticcheck: ## staticcheck
	go tool staticcheck ./...

# Each `//go:generate go run <path>/gen ...` is run with -check, in its folder.
generated: ## fail where generated code is not what its schema gives
	@set -e; \
	files=$$(git grep --untracked -lE '^//go:generate go run [^ ]*/gen( |$$)' -- '*.go' || true); \
	if [ -z "$$files" ]; then echo "found no //go:generate line that runs the generator"; exit 1; fi; \
	for file in $$files; do \
		sed -nE 's|^//go:generate (go run [^ ]*/gen)( .*)?$$|\1 -check\2|p' "$$file" | \
		while IFS= read -r command; do \
			echo "$$(dirname "$$file"): $$command"; (cd "$$(dirname "$$file")" && eval "$$command"); \
		done; \
	done

golden: ## rewrite what the tests expect, for a look at the difference
	UPDATE_GOLDEN=1 go test -count=1 ./...

generate: ## schema.toml -> generated/, for the examples too
	go generate ./...

sample: ## remake the sample's workbook in raw_data/
	go run ./raw_data/sample

# Their inputs stay there from run to run: some 7 GB, and as much again for a
# moment. BENCH='-only mart' measures some of the groups.
BENCH_DIR ?= /tmp/martlet-bench
BENCH ?=

bench: ## measure beside the peers, and write docs/benchmarks.md
	cd bench && $(with_cgo) go run . -dir $(BENCH_DIR) -o ../docs/benchmarks.md $(BENCH)

bench-kernels: ## measure the kernels, and write docs/benchmarks-kernels.md
	cd bench && $(with_cgo) go run . -dir $(BENCH_DIR) -kernels ../docs/benchmarks-kernels.md $(BENCH)

profile: ## find out where the time of a run goes, and write docs/profile.md
	cd bench && $(with_cgo) go run . -dir $(BENCH_DIR) -profile ../docs/profile.md $(BENCH)

fuzz: ## run every fuzz test for FUZZTIME
	@set -e; \
	git grep --untracked -oE '^func Fuzz[A-Za-z0-9_]*' -- '*_test.go' ':!:*/testdata/*' | \
	while IFS=: read -r file function; do \
		name=$${function#func }; \
		echo "== $$(dirname "$$file") $$name"; \
		(cd "$$(dirname "$$file")" && go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) .) </dev/null; \
	done

soak: ## tests of random data, damage and fuzzing with fresh seeds, for MINUTES
	.ci/soak $(MINUTES)

clean: ## remove what builds and runs have made
	rm -rf bin out target examples/*/out examples/*/target tests/interop/_work tests/browser/artifacts tests/browser/node_modules
