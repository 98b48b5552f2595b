/* Runs the body that gen wrote and prints every register, fcsr and a hash of the scratch buffer. No C library, so
   that building and starting takes no time. */
typedef unsigned long u64;
extern void body(void);
extern u64 final[65], scratch[512];

static long system_call(long number, long a, long b, long c)
{
    register long a7 asm("a7") = number, a0 asm("a0") = a, a1 asm("a1") = b, a2 asm("a2") = c;
    asm volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
    return a0;
}

static void print(const char *name, int n, u64 v)
{
    char line[40];
    int len = 0;
    while (*name) line[len++] = *name++;
    if (n >= 10) line[len++] = (char)('0' + n / 10);
    if (n >= 0) line[len++] = (char)('0' + n % 10);
    line[len++] = ' ';
    for (int shift = 60; shift >= 0; shift -= 4) line[len++] = "0123456789abcdef"[v >> shift & 15];
    line[len++] = '\n';
    system_call(64, 1, (long)line, len);
}

void start(void)
{
    body();
    for (int r = 1; r < 32; r++)
        if ((r < 2 || r > 4) && r != 27) print("x", r, final[r]);
    for (int r = 0; r < 32; r++) print("f", r, final[32 + r]);
    print("fcsr", -1, final[64]);
    u64 h = 14695981039346656037ul;
    for (int i = 0; i < 512; i++) h = (h ^ scratch[i]) * 1099511628211ul;
    print("memory", -1, h);
    system_call(93, 0, 0, 0);
}
asm(".globl _start\n_start:\n andi sp, sp, -16\n call start\n");
