/* Zip archives: opening and reading every member touches only its own bytes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/crc32.h"
#include "cornu/error.h"
#include "saving/archive/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static volatile uint32_t sum; /* reading every byte lets the sanitizers see a bad slice */
    cn_clear_error();
    cn_zip *zip = cn_zip_open_memory(data, size, "fuzz");
    if (!zip != (cn_error_code() != CN_OK))
        abort();
    for (size_t i = 0; i < cn_zip_count(zip); i++) {
        size_t bytes;
        cn_clear_error();
        const unsigned char *member = cn_zip_read(zip, cn_zip_name(zip, i), &bytes);
        if (!member != (cn_error_code() != CN_OK))
            abort();
        if (member)
            sum = cn_crc32(sum, member, bytes);
    }
    cn_zip_close(zip);
    return 0;
}
