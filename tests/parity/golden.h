/* Cases of tests/parity/golden/FAMILY.npz; see the README.md there. */
#ifndef CN_PARITY_GOLDEN_H
#define CN_PARITY_GOLDEN_H

#include "base/json.h"
#include "base/test.h"
#include "cornu/tensor.h"
#include "saving/archive/npz.h"

typedef struct golden_file {
    cn_npz *npz;
    cn_json *cases; /* a list of objects */
} golden_file;

/* False with a failed check when the file cannot be read. */
bool golden_open(golden_file *file, const char *family);
void golden_close(golden_file *file);
/* The array that `name` (a JSON text) names; NULL without an error for null. */
cn_tensor *golden_array(const golden_file *file, const cn_json *name);
/* |got - want| <= tolerance (1 + the largest |want|) everywhere, and the sizes agree. A failure
 * prints `what`. */
bool golden_close_to(const golden_file *file, cn_tensor *got, const cn_json *want, double tolerance,
                     const char *what);

#endif
