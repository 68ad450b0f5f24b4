/* IDX: what is read has as many elements as its shape says. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "cornu/error.h"
#include "datasets/idx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cn_clear_error();
    CN_SCOPE {
        cn_tensor *tensor = cn_idx_parse(data, size, "fuzz");
        if (!tensor != (cn_error_code() != CN_OK))
            abort(); /* a failure without an error, or the reverse */
        const unsigned char *bytes = tensor ? cn_data(tensor) : NULL;
        size_t count = tensor ? (size_t)cn_size(tensor) * cn_dtype_size(cn_dtype_of(tensor)) : 0;
        volatile unsigned char last = count ? bytes[count - 1] : 0;
        (void)last;
    }
    return 0;
}
