#include "saving/archive/npz.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

struct cn_npz {
    cn_zip *zip;
    char **names;
    size_t count;
};

static const char suffix[] = ".npy";
enum { SUFFIX = sizeof suffix - 1 };

static bool list_names(cn_npz *npz)
{
    size_t members = cn_zip_count(npz->zip);
    npz->names = cn_mem_calloc(members, sizeof *npz->names);
    if (!npz->names)
        return false;
    for (size_t i = 0; i < members; i++) {
        const char *name = cn_zip_name(npz->zip, i);
        size_t length = strlen(name);
        if (length < SUFFIX || strcmp(name + length - SUFFIX, suffix))
            continue;
        npz->names[npz->count] = cn_mem_strndup(name, length - SUFFIX);
        if (!npz->names[npz->count])
            return false;
        npz->count++;
    }
    return true;
}

/* Takes `zip`. */
static cn_npz *of_zip(cn_zip *zip)
{
    cn_npz *npz = zip ? cn_mem_calloc(1, sizeof *npz) : NULL;
    if (!npz) {
        cn_zip_close(zip);
        return NULL;
    }
    npz->zip = zip;
    if (list_names(npz))
        return npz;
    cn_npz_close(npz);
    return NULL;
}

cn_npz *cn_npz_open(const char *path)
{
    return of_zip(cn_zip_open(path));
}

cn_npz *cn_npz_open_memory(const void *data, size_t size, const char *label)
{
    return of_zip(cn_zip_open_memory(data, size, label));
}

void cn_npz_close(cn_npz *npz)
{
    if (!npz)
        return;
    for (size_t i = 0; i < npz->count; i++)
        cn_mem_free(npz->names[i]);
    cn_mem_free(npz->names);
    cn_zip_close(npz->zip);
    cn_mem_free(npz);
}

size_t cn_npz_count(const cn_npz *npz)
{
    return npz ? npz->count : 0;
}

const char *cn_npz_name(const cn_npz *npz, size_t i)
{
    return npz && i < npz->count ? npz->names[i] : NULL;
}

bool cn_npz_has(const cn_npz *npz, const char *name)
{
    for (size_t i = 0; name && i < cn_npz_count(npz); i++)
        if (!strcmp(npz->names[i], name))
            return true;
    return false;
}

cn_npy *cn_npz_read(cn_npz *npz, const char *name)
{
    if (!npz || !name)
        return cn_fail_null(CN_EINVAL, "npz: expected an archive and a name, found NULL");
    char *member = cn_mem_printf("%s%s", name, suffix);
    if (!member)
        return NULL;
    size_t size = 0;
    const unsigned char *data = cn_zip_read(npz->zip, member, &size);
    cn_npy *array = data ? cn_npy_parse(data, size, member) : NULL;
    cn_mem_free(member);
    return array;
}

static bool to_member(void *writer, const void *data, size_t size)
{
    return cn_zip_member_write(writer, data, size);
}

bool cn_npz_add(cn_zip_writer *writer, const char *name, const cn_npy *array)
{
    char *member = name ? cn_mem_printf("%s%s", name, suffix) : NULL;
    bool ok = member && cn_zip_member_begin(writer, member) &&
              cn_npy_write(array, to_member, writer) && cn_zip_member_end(writer);
    cn_mem_free(member);
    if (ok)
        return true;
    cn_zip_fail(writer); /* half an array must not be committed */
    return name ? false : cn_fail(CN_EINVAL, "npz: expected the name of an array, found NULL");
}
