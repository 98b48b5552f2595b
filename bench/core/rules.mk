# The core's kernels, for the host and for RV64: the same source and optimization, no vectorizer, no fused multiply-add.
BENCH_CORE := $(patsubst bench/core/%.c,$(B)/bench-core/%,$(wildcard bench/core/*.c))
BENCH_CORE_CFLAGS = -std=gnu11 -O2 -fno-tree-vectorize -ffp-contract=off -static

.PHONY: bench-core
bench-core: $(BENCH_CORE) $(BENCH_CORE:=.rv64) $(B)/rvrun
	@sh bench/core/run.sh $(B)
$(B)/bench-core/%: bench/core/%.c bench/core/core.h
	@mkdir -p $(@D)
	@$(CC) $(BENCH_CORE_CFLAGS) -o $@ $<
$(B)/bench-core/%.rv64: bench/core/%.c bench/core/core.h
	@mkdir -p $(@D)
	@$(RVCC) $(BENCH_CORE_CFLAGS) -march=rv64imafd_zba_zbb -mabi=lp64d -o $@ $<
