/* What the drivers of things with a configuration share. */
#ifndef CN_PARITY_CASES_H
#define CN_PARITY_CASES_H

#include "config/instance.h"
#include "parity/golden.h"

/* The case's object as an instance, whose configuration is written as Keras wrote it (numbers are
 * compared exactly, but an int equals a whole float). NULL with a failed check. */
void *case_instance(cn_family family, const cn_json *one);
/* Runs `check` on each case of a family, in a scope of its own. */
void each_case(const char *family, void (*check)(const golden_file *file, const cn_json *one));
const char *case_id(const cn_json *one);
/* The case's array of that name. */
cn_tensor *case_array(const golden_file *file, const cn_json *one, const char *name);
bool case_close(const golden_file *file, const cn_json *one, cn_tensor *got, const char *name,
                double tolerance);

#endif
