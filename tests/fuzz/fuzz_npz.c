/* .npy and .npz: the bytes are tried as an array and as an archive; what is read can be written. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cornu/error.h"
#include "saving/archive/npz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool count_bytes(void *total, const void *data, size_t size)
{
    (void)data;
    *(size_t *)total += size;
    return true;
}

static void use(cn_npy *array)
{
    size_t total = 0;
    if (!array != (cn_error_code() != CN_OK))
        abort(); /* a failure without an error, or the reverse */
    if (!array)
        return;
    for (size_t i = 0; array->strings && i < array->count; i++)
        total += strlen(array->strings[i]);
    /* 65536 characters wide and as many elements would be honest, but slow here */
    if (total < 4096 && array->count < 4096 &&
        (!cn_npy_write(array, count_bytes, &total) || !total))
        abort();
    cn_npy_free(array);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cn_clear_error();
    use(cn_npy_parse(data, size, "fuzz"));
    cn_clear_error();
    cn_npz *npz = cn_npz_open_memory(data, size, "fuzz");
    for (size_t i = 0; i < cn_npz_count(npz); i++) {
        cn_clear_error();
        use(cn_npz_read(npz, cn_npz_name(npz, i)));
    }
    cn_npz_close(npz);
    return 0;
}
