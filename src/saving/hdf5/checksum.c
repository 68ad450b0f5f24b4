/* Bob Jenkins's hash lookup3, which is in the public domain, in the form that HDF5 asks for: three
 * 32-bit words are fed twelve bytes at a time, the rest is padded with zeros. */
#include "saving/hdf5/tree.h"

static uint32_t rotate(uint32_t x, unsigned by)
{
    return x << by | x >> (32 - by);
}

static void mix(uint32_t w[3])
{
    static const unsigned by[6] = {4, 6, 8, 16, 19, 4};
    for (unsigned i = 0; i < 6; i++) {
        uint32_t *first = &w[i % 3], *second = &w[(i + 1) % 3], *third = &w[(i + 2) % 3];
        *first -= *third;
        *first ^= rotate(*third, by[i]);
        *third += *second;
    }
}

static void finish(uint32_t w[3])
{
    static const unsigned by[7] = {14, 11, 25, 16, 4, 14, 24};
    for (unsigned i = 0; i < 7; i++) {
        uint32_t *target = &w[(i + 2) % 3], other = w[(i + 1) % 3];
        *target ^= other;
        *target -= rotate(other, by[i]);
    }
}

static void feed(uint32_t w[3], const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        w[i / 4] += (uint32_t)bytes[i] << 8 * (i % 4);
}

uint32_t cn_h5_checksum(const unsigned char *bytes, size_t n)
{
    uint32_t start = 0xdeadbeefu + (uint32_t)n;
    uint32_t w[3] = {start, start, start};
    for (; n > 12; bytes += 12, n -= 12) {
        feed(w, bytes, 12);
        mix(w);
    }
    if (n) {
        feed(w, bytes, n);
        finish(w);
    }
    return w[2];
}
