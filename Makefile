# loam: build, demo, tests. `make demo` and `make test` install what is missing (make deps) and build everything.
#
#   make            build/loam and build/rvrun
#   make demo       a program on the simulated core without and with the layout optimizer, and the difference
#   make install PREFIX=/usr/local (DESTDIR=), make uninstall; make deb: BUILD/loam_VERSION_ARCH.deb
#   make test       all tests; the last line is "N passed, N failed"
#   make plugins    the examples of plug-ins: build/plugins/*.so (docs/plugins.md)
#   make asan       unit tests under AddressSanitizer (build/asan); make ubsan: under UndefinedBehaviorSanitizer
#   make fuzz-classfile, fuzz-config, fuzz-elf, fuzz-trace, fuzz-report   damaged input for FUZZ_SECONDS (60) seconds, FUZZ_SEED, both sanitizers
#   make fuzz-java   random Java programs and class files, loam against java, for FUZZ_SECONDS (600), FUZZ_SEED; FUZZ_JAVA: options of tests/fuzz/java/run.sh
#   make fuzz-rv64  random instructions on the core and on qemu-riscv64, INSTRUCTIONS (10,000,000) of them
#   make fresh-test make demo and make test in a minimal Debian 12 made by debootstrap (slow, needs root); make deb-test: the Debian package in one
#   make bench-core   speed of the core on kernels of C, against the host, qemu and cachegrind (docs/translator.md)
#   make conform    the conformance suite in all modes, or some: CONFORM_MODES=native,interpreted,simulated,... (tests/java/conform/run.sh)
#   make bench-layout   the programs of bench/layout, each order of placing against the optimizer off (CORE, SET, SEED, SEEDS, SCALE, JIT, CHARGES, ORDERS,
#                       PROGRAMS, applications of tests/apps too, as "h2 lucene"; minutes)
#   make bench-layout-native   placing by a learned profile in native runs, in pairs with layout off (ROUNDS; minutes)
#   make bench-hints    value hints against predictors alone, at equal storage (ROUNDS, SEED; minutes)
#   make bench-hints-all  value hints on against off over all of bench/java (CORES, SIMULATED seconds; an hour)
#   make bench-order    compiled code along hot traces against the order of the bytecode: javac, a tree, bench/java (CORE, SET; minutes)
#   make bench-tune     history length tuned while the program runs, against fixed ones
#   make calibrate  what firmware is charged, against what it takes on the core (docs/charges.md)
#   make bench-report   what collecting a report's views costs, example by example (CORE, ROUNDS, OPTIONS; a minute or two)
#   make bench-java the programs of bench/java against the JDK's virtual machine (BENCH="--rounds=1 --only=Sort ...": bench/java/run.sh)
#   make stress     threads, lambdas and connections by the thousand for some minutes, against java: nothing lost, memory flat
#   make jdkhome    build/jdkhome, a JAVA_HOME whose java is loam
#   make deps-apps  what the applications of tests/apps/run.sh need
#   make deps       the Debian packages that building, running and testing need

B ?= build
VERSION = 0.1.0
CC = gcc
RVCC = riscv64-linux-gnu-gcc
RVOBJCOPY = riscv64-linux-gnu-objcopy

# The JDK whose class library loam runs on (and whose jni.h it is built with).
JDK ?= $(firstword $(shell sh launcher/find-jdk.sh 2>/dev/null))

COMMON = -std=gnu11 -O2 -g -Wall -Wextra -Wshadow -Werror -ffp-contract=off -fsigned-char -fwrapv -fno-strict-aliasing \
         -fno-omit-frame-pointer -I. -I$(B) $(EXTRA_CFLAGS)
JNI_CFLAGS = -I$(JDK)/include -I$(JDK)/include/linux
CFLAGS_launcher_launch = -DLOAM_VERSION=\"$(VERSION)\"
LIBS = -lzip -lpcre2-8 -lffi -lconfig -lcjson -lyajl -lz -lcapstone -llzma -lm -ldl -lpthread
GCLIB = $(firstword $(wildcard /usr/lib/*/libgc.a))
comma := ,
WRAPPED = $(addprefix -Wl$(comma)--wrap=,mmap munmap GC_freehblk GC_allochblk GC_build_fl)
LDFLAGS = $(WRAPPED) -Wl,--dynamic-list=classlib/exports.list $(EXTRA_LDFLAGS)

MODULES = base hwsim gc vm jit classlib layout report launcher
MAINS = hwsim/rvrun.c launcher/main.c vm/interp.c vm/guest/%
SOURCES := $(filter-out $(MAINS),$(foreach m,$(MODULES),$(wildcard $(m)/*.c)))
ASM := $(wildcard hwsim/*.S) $(wildcard vm/guest/blob.S) $(wildcard report/*.S)
OBJECTS := $(SOURCES:%.c=$(B)/obj/%.o) $(ASM:%.S=$(B)/obj/%.o)
TESTS := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*_test.c))

FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))

.PHONY: all install uninstall deb deps deps-apps jdkhome need demo test unit fuzzers tests calibrate-programs bench-java asan ubsan fuzz-classfile fuzz-config fuzz-elf fuzz-trace fuzz-report fuzz-rv64 conform stress fresh-test deb-test clean FORCE
.DELETE_ON_ERROR:
all: $(B)/loam $(B)/rvrun $(B)/libjvm.so

# A file that changes only when what it records does: other flags, or another list of objects, rebuild what depends on them.
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(COMMON) $(JNI_CFLAGS)' | cmp -s - $@ || echo '$(COMMON) $(JNI_CFLAGS)' > $@
$(B)/objects: FORCE
	@mkdir -p $(@D)
	@echo '$(OBJECTS)' | cmp -s - $@ || echo '$(OBJECTS)' > $@

$(B)/libloam.a: $(OBJECTS) $(B)/objects
	@rm -f $@
	@ar rcs $@ $(OBJECTS)

LINK = $(CC) $(COMMON) -o $@ $(filter %.o,$^) -Wl,--whole-archive $(B)/libloam.a -Wl,--no-whole-archive $(LDFLAGS) $(GCLIB) $(LIBS)
$(B)/loam: $(B)/obj/launcher/main.o $(B)/libloam.a classlib/exports.list | $(B)/libjvm.so
	@echo "  LD $@"
	@$(LINK)
$(B)/rvrun: $(B)/obj/hwsim/rvrun.o $(B)/libloam.a
	@echo "  LD $@"
	@$(CC) $(COMMON) -o $@ $< $(B)/libloam.a $(WRAPPED) $(GCLIB) $(LIBS)

# The JDK's libraries ask for a libjvm.so by name: an empty one satisfies the loader; the executable has the symbols.
$(B)/libjvm.so: classlib/libjvm_stub.c classlib/libjvm_stub.map
	@mkdir -p $(@D)
	$(CC) -shared -fPIC -o $@ $< -Wl,-soname,libjvm.so -Wl,--version-script=classlib/libjvm_stub.map

$(B)/obj/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(COMMON) $(JNI_CFLAGS) $(CFLAGS_$(subst /,_,$*)) -MD -MP -c $< -o $@
$(B)/obj/%.o: %.S
	@mkdir -p $(@D)
	@echo "  AS $<"
	@$(CC) -I. -I$(B) -MMD -MP -c $< -o $@
$(B)/obj/hwsim/cores_embed.o: $(wildcard hwsim/cores/*.cfg)
$(B)/obj/report/html_embed.o: $(wildcard report/html/*) $(B)/html/dygraph.js
# The chart library of the HTML reports, its licence in front.
DYGRAPH = /usr/share/javascript/dygraphs/dygraph.min.js
$(B)/html/dygraph.js:
	@mkdir -p $(@D)
	@test -f $(DYGRAPH) || { echo "$(DYGRAPH): not there; \`make deps\` installs what building needs" >&2; exit 1; }
	@{ echo '/*!'; sed -n '/MIT-licen/,/^and numerous/p; /^Permission is/,$$p' /usr/share/doc/libjs-dygraphs/copyright; echo '*/'; sed '/sourceMappingURL/d' $(DYGRAPH); } > $@

-include vm/guest/rules.mk
-include bench/calibrate/rules.mk
-include bench/core/rules.mk
-include $(OBJECTS:.o=.d) $(B)/obj/launcher/main.d $(B)/obj/hwsim/rvrun.d

# ---- tests ----------------------------------------------------------------------------------------------------
$(B)/unit/%: tests/unit/%.c $(B)/libloam.a $(B)/flags classlib/exports.list
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(CC) $(COMMON) $(JNI_CFLAGS) -MMD -MP -MF $@.d -o $@ $< $(B)/libloam.a $(LDFLAGS) $(GCLIB) -lcriterion $(LIBS)
$(B)/fuzz/%: tests/fuzz/%.c tests/fuzz/fuzz.c tests/fuzz/fuzz.h tests/fuzz/refuse.c tests/fuzz/refuse.h $(B)/libloam.a $(B)/flags classlib/exports.list
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(CC) $(COMMON) $(FUZZ_LDFLAGS_$*) -o $@ $< tests/fuzz/fuzz.c tests/fuzz/refuse.c $(B)/libloam.a $(LDFLAGS) $(GCLIB) $(LIBS)
FUZZ_LDFLAGS_config_fuzz = -Wl,--wrap=die
FUZZ_LDFLAGS_elf_fuzz = -Wl,--wrap=die
FUZZ_LDFLAGS_trace_fuzz = -Wl,--wrap=die
FUZZ_LDFLAGS_report_fuzz = -Wl,--wrap=die
-include $(TESTS:%=%.d)
unit: $(TESTS)
fuzzers: $(FUZZERS)
calibrate-programs: # bench/calibrate/rules.mk says what
tests: unit fuzzers plugins calibrate-programs

need:
	@sh .ci/deps.sh --check || $(MAKE) --no-print-directory deps
deps:
	sh .ci/deps.sh
deps-apps:
	sh tests/apps/deps.sh $(B)/apps/src
jdkhome: all
	@sh launcher/jdkhome.sh "$(JDK)" $(B)
demo: need
	@$(MAKE) --no-print-directory -j2 all
	@sh examples/demo.sh $(B)
test: need
	@$(MAKE) --no-print-directory -j2 all tests
	@B=$(B) sh tests/run.sh
asan: need
	$(MAKE) -j2 B=build/asan EXTRA_CFLAGS="-fsanitize=address -DWIN_BASE=0x200000000000ull" unit
	@B=build/asan sh tests/unit/run.sh
ubsan: need
	$(MAKE) -j2 B=build/ubsan EXTRA_CFLAGS="-fsanitize=undefined -fno-sanitize=alignment,shift -fno-sanitize-recover=undefined" unit
	@B=build/ubsan sh tests/unit/run.sh
fuzz-classfile fuzz-config fuzz-elf fuzz-trace fuzz-report: fuzz-%: need
	$(MAKE) -j2 B=build/sanitized EXTRA_CFLAGS="-fsanitize=address,undefined -fno-sanitize=alignment,shift -fno-sanitize-recover=undefined -DWIN_BASE=0x200000000000ull" build/sanitized/fuzz/$*_fuzz build/sanitized/rvrun
	B=build/sanitized sh tests/fuzz/run.sh $* --seconds=$(or $(FUZZ_SECONDS),60) --seed=$(or $(FUZZ_SEED),1)
.PHONY: fuzz-java
fuzz-java: need
	@$(MAKE) --no-print-directory -j2 all
	@B=$(B) bash tests/fuzz/java/run.sh --seconds=$(or $(FUZZ_SECONDS),600) --seed=$(or $(FUZZ_SEED),1000) $(FUZZ_JAVA)
bench-java: need
	@$(MAKE) --no-print-directory -j2 all
	@B=$(B) bash bench/java/run.sh $(BENCH)
CONFORM_MODES ?= all
conform: need
	@$(MAKE) --no-print-directory -j2 all
	@bash tests/java/conform/run.sh --modes=$(CONFORM_MODES)
fuzz-rv64: all
	@INSTRUCTIONS=$(or $(INSTRUCTIONS),10000000) COUNT=$(or $(COUNT),30000) SEED=$(or $(SEED),1000) sh tests/rv64/run.sh $(B)
stress: need
	@$(MAKE) --no-print-directory -j2 all
	@bash tests/stress/run.sh
.PHONY: bench-layout
bench-layout: all
	@bash bench/layout/run.sh $(B) $(PROGRAMS)
.PHONY: bench-layout-native
bench-layout-native: all
	@sh bench/layout/native.sh $(B)
.PHONY: bench-report
bench-report: all
	@B=$(B) bash bench/report/run.sh
.PHONY: bench-hints
bench-hints: all
	@B=$(B) bash bench/hints/run.sh
.PHONY: bench-hints-all bench-order
bench-hints-all: all
	@B=$(B) bash bench/hints/all.sh
bench-order: all
	@B=$(B) bash bench/java/order.sh
.PHONY: bench-tune
bench-tune: all
	@B=$(B) bash bench/hints/tune.sh
fresh-test:
	bash tests/fresh.sh
deb-test: deb
	@B=$(B) bash tests/deb.sh
clean:
	rm -rf build

# The examples of plug-ins, built as their users would.
$(B)/plugins/%.so: examples/plugins/%.c hwsim/plugin.h
	@mkdir -p $(@D)
	@$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -Ihwsim -o $@ $<
PLUGINS := $(patsubst examples/plugins/%.c,$(B)/plugins/%.so,$(wildcard examples/plugins/*.c))
.PHONY: plugins
plugins: $(PLUGINS)

# ---- installing -------------------------------------------------------------------------------------------------
PREFIX ?= /usr/local
# Where Debian's zsh looks: packages' completions, and those of what is not one.
ZSH = share/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
INSTALLED = bin/loam lib/loam/libjvm.so include/loam share/man/man1/loam.1.gz share/man/man5/loam-core.5.gz share/man/man5/loam-report.5.gz \
            share/bash-completion/completions/loam $(ZSH)/_loam share/doc/loam
# Folders that go too if nothing else is in them; the prefix and its own folders only if they are loam's alone.
FOLDERS = lib/loam include/loam $(if $(filter /usr /usr/local,$(PREFIX)),,share/man/man1 share/man/man5 share/man) share/bash-completion/completions share/bash-completion $(ZSH) share/zsh \
          $(if $(filter /usr /usr/local,$(PREFIX)),,share/doc bin lib include share)
install: all
	install -D -m 755 $(B)/loam $(DESTDIR)$(PREFIX)/bin/loam
	install -D -m 644 $(B)/libjvm.so $(DESTDIR)$(PREFIX)/lib/loam/libjvm.so
	install -D -m 644 hwsim/plugin.h $(DESTDIR)$(PREFIX)/include/loam/plugin.h
	for m in loam.1 loam-core.5 loam-report.5; do d=$(DESTDIR)$(PREFIX)/share/man/man$${m##*.}; mkdir -p $$d && \
		$(B)/loam cores default | awk -f man/settings.awk - man/$$m | gzip -9n > $$d/$$m.gz; done
	install -D -m 644 completion/loam.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/loam
	install -D -m 644 completion/_loam $(DESTDIR)$(PREFIX)/$(ZSH)/_loam
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/loam README.md docs/*.md report/schema.json
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/loam/examples examples/*.java
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/loam/tutorial docs/tutorial/*.java
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/loam/tutorial/fixed docs/tutorial/fixed/*.java
uninstall:
	cd $(DESTDIR)$(PREFIX) && rm -rf $(INSTALLED)
	cd $(DESTDIR)$(PREFIX) && for d in $(FOLDERS); do rmdir $$d 2>/dev/null || :; done
deb: all
	@MAKE="$(MAKE)" sh launcher/deb.sh $(B) $(VERSION)
