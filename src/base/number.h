/* Doubles as text, the same in every locale. */
#ifndef CN_BASE_NUMBER_H
#define CN_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

enum { CN_NUMBER_TEXT = 32 };

/* Writes what Python's repr writes: the fewest digits that read back as the same double, always
 * with a point or an exponent ("1.0", "1e-07"); "nan", "inf" and "-inf" for what is not finite.
 * Returns `text`. */
char *cn_double_text(double value, char text[CN_NUMBER_TEXT]);

/* Reads a decimal number that fills the whole of `length` bytes (no NUL needed; point is '.'). What
 * is too large becomes infinite. Fails: EINVAL (no number), ENOMEM (a number of very many digits).
 */
bool cn_double_parse(const char *text, size_t length, double *value);

#endif
