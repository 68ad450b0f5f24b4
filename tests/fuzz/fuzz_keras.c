/* The bytes as a .keras archive: reading them gives a model or an error, never more. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "cornu/error.h"
#include "saving/model_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cn_clear_error();
    CN_SCOPE {
        cn_model *model = cn_keras_read(cn_mapped_archive_memory(data, size, "fuzz"), true);
        if (!model != (cn_error_code() != CN_OK))
            abort(); /* a failure without an error, or the reverse */
        if (model && !cn_model_to_json(model) && cn_error_code() == CN_OK)
            abort();
    }
    cn_clear_session();
    return 0;
}
