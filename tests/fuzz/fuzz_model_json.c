/* The bytes as a model's configuration: configurations that archives hide behind checksums. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cornu.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = 0;
    cn_clear_error();
    CN_SCOPE {
        cn_model *model = cn_model_from_json(text);
        if (!model != (cn_error_code() != CN_OK))
            abort(); /* a failure without an error, or the reverse */
        if (model && !cn_model_to_json(model) && cn_error_code() == CN_OK)
            abort();
    }
    cn_clear_session();
    free(text);
    return 0;
}
