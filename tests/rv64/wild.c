/* Writes over the simulator that it runs in, whose memory it shares: everything writable that /proc/self/maps says is rvrun's. */
#include <stdio.h>
#include <string.h>

int main(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512], rights[8];
    unsigned long from[16], to[16];
    int n = 0;
    while (maps && n < 16 && fgets(line, sizeof line, maps))
        if (sscanf(line, "%lx-%lx %7s", &from[n], &to[n], rights) == 3 && rights[1] == 'w' && (strstr(line, "rvrun") || strstr(line, "[heap]"))) n++;
    printf("%d areas\n", n);
    fflush(stdout);
    for (int i = 0; i < n; i++) memset((void *)from[i], 0x5a, to[i] - from[i]);
    return 0;
}
