# Needs Go, git, make and a POSIX shell. `make` alone lists the targets.

.SUFFIXES:
.DELETE_ON_ERROR:

# What is built is static and the same wherever it is built. go vet takes the
# same options, so that it finds in the build cache what was built.
BUILD = CGO_ENABLED=0 go build -trimpath
VET = CGO_ENABLED=0 go vet -trimpath

# The race detector needs a platform that has it and a C compiler that works.
RACE = $(shell CGO_ENABLED=1 go list -race unsafe >/dev/null 2>&1 && \
	echo 'int main(void);' | $$(go env CC) -include stdlib.h -fsyntax-only -xc - 2>/dev/null && echo yes)
TEST = $(if $(RACE),CGO_ENABLED=1 go test -race,CGO_ENABLED=0 go test)

# The local cluster says that it is the version of Kubernetes that its go.mod
# names. Kubernetes learns that from the linker; clients choke on one that
# doesn't know.
KUBERNETES := $(shell awk '$$1 == "k8s.io/kubernetes" { print $$2; exit }' localcluster/go.mod)
KUBERNETES_VERSION = k8s.io/component-base/version
LOCALCLUSTER_LDFLAGS = -s -w \
	-X $(KUBERNETES_VERSION).gitVersion=$(KUBERNETES) \
	-X $(KUBERNETES_VERSION).gitMajor=1 \
	-X $(KUBERNETES_VERSION).gitMinor=$(word 2,$(subst ., ,$(KUBERNETES)))
LOCALCLUSTER_SOURCES := $(filter-out %_test.go,$(wildcard localcluster/*.go localcluster/go.* localcluster/*/*))

.PHONY: help
help: ## list the targets
	@echo "usage: make TARGET"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-9s %s\n", $$1, $$2 }' Makefile

.PHONY: build
build: kubelua bin/kubelua-localcluster ## make bin/kubelua, and bin/kubelua-localcluster if localcluster/ has changed

.PHONY: kubelua
kubelua:
	$(call COMPILE,.,bin/kubelua,-s -w)

bin/kubelua-localcluster: $(LOCALCLUSTER_SOURCES)
	@echo "Building bin/kubelua-localcluster: Kubernetes $(KUBERNETES) from source, for a real API server to run scripts on."
	@echo "The first time takes 4 to 8 minutes on 2 cores; then Go's build cache has it."
	$(call COMPILE,localcluster,$@,$(LOCALCLUSTER_LDFLAGS))

.PHONY: docs
docs: ## write docs/reference anew, from the stubs
	@go run ./engine/reference docs/reference

# What is installed: the program, by three names, of which two are for kubectl, and
# the texts that it prints about itself. DESTDIR is for who makes packages.
PREFIX = /usr/local
KUBELUA = bin/kubelua
ROOT = $(DESTDIR)$(PREFIX)
PLUGIN = bin/kubectl-lua bin/kubectl_complete-lua
MANUAL = share/man/man1/kubelua.1
BASH_COMPLETION = share/bash-completion/completions/kubelua
ZSH_COMPLETION = share/zsh/site-functions/_kubelua
FISH_COMPLETION = share/fish/vendor_completions.d/kubelua.fish
SCRIPTS = share/kubelua/scripts

# Who installs may be another user than who builds, and have no Go.
.PHONY: install
install: $(if $(shell command -v go),kubelua) ## install kubelua, the plugin of kubectl, completions, manual and scripts below PREFIX=/usr/local
	@umask 022 && \
	for file in bin/kubelua $(MANUAL) $(BASH_COMPLETION) $(ZSH_COMPLETION) $(FISH_COMPLETION) $(SCRIPTS)/jobs/any $(SCRIPTS)/lib/any; do \
		mkdir -p "$(ROOT)/$${file%/*}" || exit; \
	done && \
	install -m 755 $(KUBELUA) $(wildcard bin/kubelua-localcluster) "$(ROOT)/bin" && \
	for name in $(PLUGIN); do ln -sf kubelua "$(ROOT)/$$name" || exit; done && \
	$(KUBELUA) help --man >"$(ROOT)/$(MANUAL)" && \
	$(KUBELUA) completion bash >"$(ROOT)/$(BASH_COMPLETION)" && \
	$(KUBELUA) completion zsh >"$(ROOT)/$(ZSH_COMPLETION)" && \
	$(KUBELUA) completion fish >"$(ROOT)/$(FISH_COMPLETION)" && \
	for folder in . jobs lib; do install -m 644 scripts/$$folder/*.lua "$(ROOT)/$(SCRIPTS)/$$folder" || exit; done
	@echo "installed below $(ROOT)"

.PHONY: uninstall
uninstall: ## remove what make install has installed below PREFIX
	@cd "$(ROOT)" && rm -f bin/kubelua bin/kubelua-localcluster $(PLUGIN) \
		$(MANUAL) $(BASH_COMPLETION) $(ZSH_COMPLETION) $(FISH_COMPLETION)
	@rm -rf "$(ROOT)/share/kubelua"

.PHONY: image
image: dist/linux/amd64/kubelua dist/linux/arm64/kubelua ## make dist/kubelua-image.tar, a container image for amd64 and arm64
	@go run ./deploy/image --output dist/kubelua-image.tar amd64=dist/linux/amd64/kubelua arm64=dist/linux/arm64/kubelua

PLATFORMS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.PHONY: dist
dist: $(PLATFORMS:%=dist/%/kubelua) ## make archives for all platforms in dist/, checksums, and the manifest for krew
	@go run ./deploy/dist --output dist $(foreach on,$(PLATFORMS),$(on)=dist/$(on)/kubelua)

# Go stamps the program with the version that its commit has.
dist/%/kubelua: export GOOS = $(word 1,$(subst /, ,$*))
dist/%/kubelua: export GOARCH = $(word 2,$(subst /, ,$*))
dist/%/kubelua: BUILD += -buildvcs=auto
dist/%/kubelua: always
	$(call COMPILE,.,$@,-s -w)

.PHONY: always

# Compiles the program in a folder: $(call COMPILE,folder,file,linker flags).
define COMPILE
@(cd $(1) && go list -deps . | grep -c . && $(BUILD) -v -ldflags "$(3)" -o "$(CURDIR)/$(2)" . || echo failed) 2>&1 | { $(PROGRESS) }
endef

# Reads what COMPILE's commands say: modules that are downloaded, the number of
# packages, packages as they are compiled. Shows how many, on a terminal on one
# line, and everything else, such as errors, as it is.
define PROGRESS
	modules=0; packages=0; total=0; failed=; \
	if [ -t 1 ]; then every=1; line='\r\033[K%s'; else every=200; line='%s\n'; fi; \
	while read -r first rest; do \
		case "$$first $$rest" in \
		"failed ") \
			failed=yes ;; \
		"go: downloading "*) \
			modules=$$((modules + 1)); \
			[ $$((modules % every)) != 0 ] || printf "$$line" "downloaded $$modules modules" ;; \
		*[!0-9\ ]*\ ?*) \
			printf '%s %s\n' "$$first" "$$rest" ;; \
		*[!0-9\ ]*) \
			packages=$$((packages + 1)); \
			[ $$((packages % every)) != 0 ] || printf "$$line" "compiled $$packages of $$total packages of $(2)" ;; \
		*) \
			total=$$first ;; \
		esac; \
	done; \
	[ $$every != 1 ] || printf '\r\033[K'; \
	[ -z "$$failed" ];
endef

# Shows a command, then runs it.
define RUN
@printf '\n$$ %s\n' '$(1)'
@$(1)
endef

.PHONY: demo
demo: build ## start the local cluster, load a small shop into it, run scripts on it
	$(call RUN,bin/kubelua cluster up)
	$(call RUN,bin/kubelua --local testdata/demo/load.lua)
	$(call RUN,bin/kubelua --local scripts/pod-census.lua)
	$(call RUN,bin/kubelua --local scripts/unready.lua)
	$(call RUN,bin/kubelua --local scripts/label-sweep.lua deployments -l team=payments freeze=release)
	$(call RUN,bin/kubelua --local scripts/label-sweep.lua deployments -l team=payments freeze=release --apply)
	$(call RUN,bin/kubelua --local scripts/label-sweep.lua deployments -l team=payments freeze- --apply)
	@echo
	@echo 'The cluster goes on running. Run any script on it:  bin/kubelua --local FILE'
	@echo 'Look at it with any other client:                   export KUBECONFIG=$$(bin/kubelua cluster kubeconfig)'
	@echo 'Stop it:                                            bin/kubelua cluster down'

.PHONY: test
test: build lint ## lint, then run all tests on the local cluster, with the race detector where there is a C compiler
	$(if $(RACE),,@echo "no C compiler that works, so without the race detector:")
	KUBELUA_REQUIRE_CLUSTER=1 $(TEST) -timeout 30m ./... ./testdata/faults
	cd localcluster && CGO_ENABLED=0 go test -trimpath -vet=off ./...
	cd bench && CGO_ENABLED=0 go test -trimpath ./...
	@$(MAKE) --no-print-directory fuzz FUZZTIME=1s

# How long each parser is tried. That the time is up while an input is tried is no
# failure, though go test may take it for one.
FUZZTIME = 10s

.PHONY: fuzz
fuzz: ## try texts that nobody thought of on all parsers, FUZZTIME=10s each
	@grep -Ho '^func Fuzz[A-Za-z]*' $$(find . -name '*_test.go' -not -path './localcluster/*') | sort | \
	while IFS=: read -r file target; do \
		target=$${target#func }; \
		echo "$${file%/*} $$target"; \
		CGO_ENABLED=0 go test -vet=off -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) "$${file%/*}" >bin/fuzz.log 2>&1 || \
			grep -q '^ *context deadline exceeded' bin/fuzz.log || { cat bin/fuzz.log; exit 1; }; \
	done

.PHONY: lint
lint: ## check all modules by go vet and gofmt
	@files=$$(gofmt -l .); [ -z "$$files" ] || { echo "not formatted (gofmt -w):"; echo "$$files"; exit 1; }
	$(VET) ./... ./testdata/faults
	cd localcluster && $(VET) ./...
	cd bench && $(VET) ./...

.PHONY: bench
bench: build ## compare with other clients on 5,000 pods, with BIG=1 on 20,000 too
	cd bench && CGO_ENABLED=0 go run -trimpath . $(if $(BIG),--big)

.PHONY: clean
clean: ## delete bin/ and dist/; a local cluster that runs goes on
	rm -rf bin dist
