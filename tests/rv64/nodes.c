/* Pages and nodes: where a page is first, and where after move_pages. With an argument nothing is moved. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGES = 16, PAGE = 4096 };
static uint8_t buffer[PAGES * PAGE] __attribute__((aligned(PAGE)));

int main(int argc, char **argv)
{
    void *pages[PAGES + 1];
    int nodes[PAGES + 1], status[PAGES + 1];
    unsigned cpu = 99, node = 99;
    uint64_t sum = 0;
    (void)argv;
    for (int i = 0; i < PAGES; i++) pages[i] = buffer + i * PAGE, nodes[i] = i & 1, buffer[i * PAGE] = 1;
    syscall(SYS_getcpu, &cpu, &node, NULL);
    printf("%u %u:", cpu, node);
    syscall(SYS_move_pages, 0, PAGES, pages, NULL, status, 0);
    for (int i = 0; i < PAGES; i++) printf(" %d", status[i]);
    if (argc == 1) syscall(SYS_move_pages, 0, PAGES, pages, nodes, status, 0);
    syscall(SYS_move_pages, 0, PAGES, pages, NULL, status, 0);
    printf(" ->");
    for (int i = 0; i < PAGES; i++) printf(" %d", status[i]);
    nodes[0] = 7;
    printf(" %ld\n", syscall(SYS_move_pages, 0, 1, pages, nodes, status, 0));
    for (int k = 0; k < 400 && argc == 1; k++) nodes[0] = k & 1, syscall(SYS_move_pages, 0, 1, pages, nodes, status, 0); /* to and fro, and back */
    for (int k = 0; k < 20; k++)
        for (int i = 0; i < PAGES * PAGE; i += 32) sum += buffer[i];
    return sum != 20 * PAGES;
}
