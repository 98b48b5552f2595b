# The calibration's programs: the firmware's own sources and the kernels that drive them, for RV64; see docs/charges.md. Each is built twice,
# to be timed and to count units.
CAL = $(B)/calibrate
CAL_CFLAGS = -std=gnu11 -O2 -g -march=rv64imafd_zba_zbb -mabi=lp64d -ffp-contract=off -fsigned-char -fwrapv -fno-strict-aliasing \
             -ffunction-sections -fdata-sections -DCALIBRATE -include bench/calibrate/units.h -I. -idirafter /usr/include \
             -idirafter $(firstword $(wildcard /usr/include/x86_64-linux-gnu /usr/include/aarch64-linux-gnu)) $(JNI_CFLAGS)
CAL_SOURCES := $(wildcard bench/calibrate/*.c) $(wildcard base/*.c) $(filter-out gc/move.c gc/verify.c,$(wildcard gc/*.c)) \
    $(filter-out vm/charge.c vm/sim.c vm/bootpath.c vm/interp.c vm/interp_host.c vm/relayout.c vm/sched.c,$(wildcard vm/*.c)) \
    layout/graph.c layout/origin.c layout/raw.c layout/reach.c layout/slots.c layout/worth.c layout/heat.c layout/sharing.c layout/fields.c layout/advise.c $(addprefix classlib/,handles.c natmem.c arraycopy.c unsafe.c unsafe_class.c nativecall.c)
CAL_TIME := $(CAL_SOURCES:%.c=$(CAL)/time/%.o)
CAL_COUNT := $(CAL_SOURCES:%.c=$(CAL)/count/%.o)
CAL_LINK = $(RVCC) -static -Wl,--gc-sections $(WRAPPED) -Wl,--wrap=vm_call -o $@ $^ -lm -lpthread

.PHONY: calibrate calibrate-programs
calibrate-programs: $(CAL)/kernels $(CAL)/counters $(B)/rvrun
calibrate: calibrate-programs
	@sh bench/calibrate/run.sh $(B)
$(CAL)/kernels: $(CAL_TIME)
	@$(CAL_LINK)
$(CAL)/counters: $(CAL_COUNT)
	@$(CAL_LINK)
$(CAL)/time/%.o: %.c
	@mkdir -p $(@D)
	@$(RVCC) $(CAL_CFLAGS) -MMD -MP -c $< -o $@
$(CAL)/count/%.o: %.c
	@mkdir -p $(@D)
	@$(RVCC) $(CAL_CFLAGS) -DCALIBRATE_COUNT -MMD -MP -c $< -o $@
-include $(CAL_TIME:.o=.d) $(CAL_COUNT:.o=.d)
