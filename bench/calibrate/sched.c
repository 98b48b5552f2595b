/* The kernel of a thread switch: the scheduler's queues, and the registers of the one saved and of the other loaded, as an operating system on the
   core would do it. Waiting and waking are left out: they are the simulator's, which runs threads on one core. */
#include "bench/calibrate/calibrate.h"
#include "vm/sched.c"

typedef struct Registers { u64 x[32], f[32], fcsr; } Registers;

void registers_save(Registers *r);
void registers_load(const Registers *r);
#define EACH(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(11) X(12) X(13) X(14) X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) \
    X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)
#define SX(n) "sd x" #n ", 8*" #n "(a0)\n fsd f" #n ", 256+8*" #n "(a0)\n"
#define LX(n) "ld x" #n ", 8*" #n "(a0)\n fld f" #n ", 256+8*" #n "(a0)\n"
__asm__(".text\n.globl registers_save\nregisters_save:\n" EACH(SX) "fsd f0, 256(a0)\nfsd f10, 336(a0)\nfrcsr t0\nsd t0, 512(a0)\nld t0, 40(a0)\nret\n"
        ".globl registers_load\nregisters_load:\nsd ra, 8(a0)\nld t0, 512(a0)\nfscsr t0\n" EACH(LX) "fld f0, 256(a0)\nfld f10, 336(a0)\nret\n");

void sched_kernels(void)
{
    static Registers mine;
    Thread *t = current_thread, *other = thread_create();
    S.virtual_time = true; /* as in every run that charges: the turns are in order, and nobody reads the host's clock */
    group("switch", "thread_switch");
    for (u32 n = 0; n < 2; n++) {
        other->host->state = HOST_READY, other->host->next_ready = NULL;
        S.ready = (ReadyQueue){ other, other }, S.nready = 1;
        sample_begin();
        switch_out(t);
        lock();
        S.holder = NULL;
        ready_push(t);
        hand_over();
        unlock();
        registers_save(&mine);
        registers_load(&mine); /* of the same thread, so that this one goes on */
        switch_in(other);
        sample_end();
        S.ready = (ReadyQueue){ NULL, NULL }, S.nready = 0;
        S.holder = t, t->host->state = HOST_RUNNING;
    }
    S.virtual_time = false;
}
