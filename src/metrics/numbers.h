/* Arguments that are a number or a list of numbers: "0.5", "[0.2, 0.5]". */
#ifndef CN_METRICS_NUMBERS_H
#define CN_METRICS_NUMBERS_H

#include "config/instance.h"

/* How many numbers the text has: 0 for NULL. */
typedef struct cn_numbers {
    double *values; /* owned: cn_mem_free */
    int count;
} cn_numbers;

/* Reads `text`; errors name the class and the argument. */
bool cn_numbers_read(cn_numbers *numbers, cn_str text, const cn_instance *self, cn_str argument);
/* Writes the text's numbers into the configuration, rather than the text. */
bool cn_numbers_write(cn_json *config, cn_str argument, cn_str text);

#endif
