/* UTF-8, strictly: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef CN_BASE_UTF8_H
#define CN_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes the first character of `length` bytes into `*code`; returns its bytes, 0 where it is
 * malformed or cut off, or where length is 0. */
size_t cn_utf8_decode(const char *text, size_t length, uint32_t *code);
/* Writes `code` and returns its bytes (1 to 4), 0 for a surrogate or a code above U+10FFFF. */
size_t cn_utf8_encode(uint32_t code, char out[4]);
/* The length of the longest valid beginning: `length` when all of it is UTF-8. */
size_t cn_utf8_valid(const char *text, size_t length);

#endif
