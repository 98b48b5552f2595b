# The RV64 build of the interpreter, and options for the host's. The top Makefile defines B (its build directory), includes
# this file and links the object of vm/guest/blob.S. AddressSanitizer builds move all windows up (-DWIN_BASE=0x200000000000ull
# among EXTRA_CFLAGS), the image too.
RISCV ?= riscv64-linux-gnu-
WIN_BASE_FLAG := $(filter -DWIN_BASE=%,$(EXTRA_CFLAGS))
GUEST_BASE := $(if $(WIN_BASE_FLAG),0x200010010000,0x10010000)
GUEST_DIR := $(B)/guest
GUEST_FIXED := -ffixed-s2 -ffixed-s3 -ffixed-s4 -ffixed-s5 -ffixed-s6 -ffixed-s7
GUEST_FLAGS := -std=gnu11 -O2 -march=rv64imafd_zba_zbb -mabi=lp64d -mcmodel=medany -ffreestanding -nostdlib -fno-pie \
	-static -mno-relax -ffp-contract=off -fsigned-char -fwrapv -fno-strict-aliasing -fno-gcse -fno-crossjumping \
	-fno-tree-tail-merge -fno-reorder-blocks -fno-tree-loop-distribute-patterns -fno-stack-protector -fno-asynchronous-unwind-tables -fomit-frame-pointer \
	$(GUEST_FIXED) -Wall -Wextra -Wshadow -Werror -I. $(WIN_BASE_FLAG)
GUEST_PARTS := $(GUEST_DIR)/start.o $(GUEST_DIR)/interp_guest.o $(GUEST_DIR)/stubs.o $(GUEST_DIR)/mem.o

$(GUEST_DIR):
	mkdir -p $@

$(GUEST_DIR)/%.o: vm/guest/%.c vm/guest/rules.mk | $(GUEST_DIR)
	$(RISCV)gcc $(GUEST_FLAGS) -MMD -MP -c $< -o $@

$(GUEST_DIR)/start.o $(GUEST_DIR)/stubs.o: $(GUEST_DIR)/%.o: vm/guest/%.S vm/guest/hcall.h vm/runtime.def vm/guest/rules.mk | $(GUEST_DIR)
	$(RISCV)gcc -march=rv64imafd_zba_zbb -mabi=lp64d -mno-relax -I. -c $< -o $@

$(GUEST_DIR)/interp.elf: $(GUEST_PARTS) vm/guest/link.ld
	$(RISCV)gcc -nostdlib -static -no-pie -Wl,--no-relax -Wl,--build-id=none -Wl,--defsym=GUEST_BASE=$(GUEST_BASE) \
		-Wl,-T,vm/guest/link.ld $(GUEST_PARTS) -o $@

$(GUEST_DIR)/interp.bin: $(GUEST_DIR)/interp.elf
	$(RISCV)objcopy -O binary $< $@

# Where the host may look on (sim.c): apart from the image, so that it takes no room there.
$(GUEST_DIR)/probes.bin: $(GUEST_DIR)/interp.elf
	$(RISCV)objcopy -O binary -j .probes --set-section-flags .probes=alloc $< $@

$(B)/obj/vm/guest/blob.o: $(GUEST_DIR)/interp.bin $(GUEST_DIR)/probes.bin

# Keep the dispatch at the end of each handler.
CFLAGS_vm_interp_host = -fno-gcse -fno-crossjumping -fno-tree-tail-merge -fno-tree-vectorize --param max-goto-duplication-insns=30 -fomit-frame-pointer

-include $(GUEST_DIR)/interp_guest.d
