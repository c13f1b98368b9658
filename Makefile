# Short names for the programs in hack/. Each has --help.

.DEFAULT_GOAL := help
.PHONY: help demo demo-down test test-unit test-api test-e2e test-boot images cluster-up cluster-down generate

help: ## print this list
	@sed -nE 's/^([a-z0-9-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: ## from a bare machine to measured percentiles
	hack/demo

demo-down: ## take the demo and its cluster away
	hack/demo --down

test: ## all tests
	hack/test

test-unit: ## tests without a cluster
	hack/test --unit

test-api: ## controllers against a real API server
	hack/test --api

test-e2e: ## what users do, on a real node
	hack/test --e2e

test-boot: ## reboots, boot arguments, power cuts, on a virtual machine
	hack/test --boot

images: ## build latlab's images
	hack/images build

cluster-up: ## start a real cluster of one node, or repair it
	hack/cluster up

cluster-down: ## end that cluster
	hack/cluster down

generate: ## write CRDs, rights and API reference anew
	hack/generate
