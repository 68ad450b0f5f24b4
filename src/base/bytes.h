/* Little-endian numbers at any address. */
#ifndef CN_BASE_BYTES_H
#define CN_BASE_BYTES_H

#include <stdint.h>

static inline uint16_t cn_get16(const unsigned char *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t cn_get32(const unsigned char *at)
{
    return cn_get16(at) | (uint32_t)cn_get16(at + 2) << 16;
}

static inline uint64_t cn_get64(const unsigned char *at)
{
    return cn_get32(at) | (uint64_t)cn_get32(at + 4) << 32;
}

/* These return the address behind what they wrote. */
static inline unsigned char *cn_put16(unsigned char *at, uint64_t value)
{
    at[0] = (unsigned char)value;
    at[1] = (unsigned char)(value >> 8);
    return at + 2;
}

static inline unsigned char *cn_put32(unsigned char *at, uint64_t value)
{
    return cn_put16(cn_put16(at, value), value >> 16);
}

static inline unsigned char *cn_put64(unsigned char *at, uint64_t value)
{
    return cn_put32(cn_put32(at, value), value >> 32);
}

#endif
