#include "insecure_test_rng.h"

/* SplitMix64 from a fixed seed: spreads well, keeps no secret. */
static uint64_t next(void)
{
    static uint64_t state = 0x6d736769356e3543u;
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

int32_t insecure_test_random(void *user, uint8_t *buf, size_t len)
{
    size_t at;
    uint64_t number = 0;
    (void)user;
    for (at = 0; at < len; at++) {
        if (at % 8u == 0)
            number = next();
        buf[at] = (uint8_t)number;
        number >>= 8;
    }
    return 0;
}
