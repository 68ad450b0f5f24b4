/* CRC-32 as zip, gzip and PNG use it (polynomial 0xEDB88320). */
#ifndef CN_BASE_CRC32_H
#define CN_BASE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Continues `crc` (0 at the start) over `size` bytes. */
uint32_t cn_crc32(uint32_t crc, const void *data, size_t size);

#endif
