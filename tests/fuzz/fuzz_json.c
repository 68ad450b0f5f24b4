/* JSON: what is read can be written, and what was written reads as the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json.h"
#include "cornu/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cn_clear_error();
    cn_json *value = cn_json_parse((const char *)data, size);
    if (!value != (cn_error_code() != CN_OK))
        abort(); /* a failure without an error, or the reverse */
    if (!value)
        return 0;
    char *text = cn_json_text(value, size % 3 ? 0 : 2);
    cn_json *again = text ? cn_json_parse(text, strlen(text)) : NULL;
    if (!again || !cn_json_equal(value, again))
        abort();
    cn_mem_free(text);
    cn_json_free(again);
    cn_json_free(value);
    return 0;
}
