#include "saving/archive/zip_format.h"

#include <string.h>

#include "base/utf8.h"

/* One part between slashes. */
static const char *part_fault(const char *part, size_t length)
{
    if (length == 2 && !memcmp(part, "..", 2))
        return "it leads outside the archive";
    if (!length || (length == 1 && *part == '.'))
        return "it has an empty part";
    return NULL;
}

const char *cn_zip_name_fault(const char *name, size_t length)
{
    if (!length || length > 65535)
        return length ? "it is longer than 65535 bytes" : "it is empty";
    if (memchr(name, 0, length) || cn_utf8_valid(name, length) != length)
        return "it is not UTF-8";
    bool drive = length > 2 && name[1] == ':' && name[2] == '/'; /* "w:0.npy" is none */
    if (*name == '/' || memchr(name, '\\', length) || drive)
        return "it is not a relative path";
    for (size_t at = 0; at < length;) {
        const char *slash = memchr(name + at, '/', length - at);
        size_t end = slash ? (size_t)(slash - name) : length;
        const char *fault = part_fault(name + at, end - at);
        if (fault)
            return fault;
        at = end + 1;
    }
    return NULL;
}
