/* Decompression by zlib, which is loaded when it is first needed: without it everything but
 * deflated data works. Errors: EUNSUPPORTED where zlib is not found, EFORMAT for damaged data or
 * data of another size, ENOMEM. Safe to call from several threads. */
#ifndef CN_BASE_INFLATE_H
#define CN_BASE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum cn_inflate_kind {
    CN_INFLATE_RAW,  /* bare deflate: zip members */
    CN_INFLATE_ZLIB, /* HDF5 chunks */
    CN_INFLATE_GZIP  /* .gz; several members in a row count as one */
} cn_inflate_kind;

/* Decompresses into `out`, which the data must fill exactly; what follows the data is ignored
 * (gzip: must be another member or zeros). After a failure `out` holds anything. */
bool cn_inflate(cn_inflate_kind kind, const void *data, size_t size, void *out, size_t out_size);

/* Decompresses data of unknown size, at most `limit` bytes. Owned: cn_mem_free. */
unsigned char *cn_inflate_all(cn_inflate_kind kind, const void *data, size_t size, size_t limit,
                              size_t *out_size);

/* For tests: behaves as if zlib were not installed. */
void cn_inflate_pretend_missing(bool missing);

#endif
