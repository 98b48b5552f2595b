/* SHA-256's compression function. */
#include "core.h"

static uint32_t k[64];
static uint32_t rotate(uint32_t v, int n) { return v >> n | v << (32 - n); }

static void compress(uint32_t h[8], const uint32_t block[16])
{
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++) w[i] = block[i];
    for (int i = 16; i < 64; i++) {
        uint32_t x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) + (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
    }
    memcpy(s, h, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t t1 = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
        uint32_t t2 = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        s[7] = s[6], s[6] = s[5], s[5] = s[4], s[4] = s[3] + t1;
        s[3] = s[2], s[2] = s[1], s[1] = s[0], s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++) h[i] += s[i];
}

static uint64_t kernel(uint64_t rounds)
{
    uint32_t h[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, block[16];
    for (int i = 0; i < 64; i++) k[i] = (uint32_t)next_random();
    for (int i = 0; i < 16; i++) block[i] = (uint32_t)next_random();
    for (uint64_t r = 0; r < rounds; r++) {
        compress(h, block);
        block[r % 16] ^= h[0];
    }
    return (uint64_t)h[0] << 32 | h[7];
}
