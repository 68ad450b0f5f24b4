/* MNIST and those that have its files. keras.datasets.mnist, fashion_mnist */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cornu/data.h"
#include "cornu/ops.h"
#include "datasets/idx.h"
#include "graph/shape.h"

#ifndef CORNU_DATASETS
#define CORNU_DATASETS "/usr/share/datasets" /* where Debian's packages put them */
#endif

static const char *const other_places[] = {"/usr/local/share/datasets", CORNU_DATASETS};

/* The i-th folder where files may be, in order; owned. NULL without an error: there is none, or its
 * variable is not set. */
enum { PLACES = 4 };
static char *place(int i, const char *set)
{
    const char *data = getenv("CORNU_DATA"), *home = getenv("HOME");
    if (i == 0)
        return data && *data ? cn_mem_printf("%s/%s", data, set) : NULL;
    if (i == 1)
        return home && *home ? cn_mem_printf("%s/.keras/datasets/%s", home, set) : NULL;
    return cn_mem_printf("%s/%s", other_places[i - 2], set);
}

static bool not_found(const char *set, const char *name)
{
    char *places = cn_mem_strdup("");
    for (int i = 0; i < PLACES && places; i++) {
        char *folder = place(i, set);
        char *more = folder ? cn_mem_printf("%s%s%s", places, *places ? ", " : "", folder) : NULL;
        if (more) {
            cn_mem_free(places);
            places = more;
        }
        cn_mem_free(folder);
    }
    cn_fail(CN_ENOTFOUND, "%s: found no %s (nor %s.gz) in %s; set CORNU_DATA to the folder of '%s'",
            set, name, name, places ? places : "?", set);
    cn_mem_free(places);
    return false;
}

/* The path of a file, gzipped or not, in the first folder that has it; owned. */
static char *find(const char *set, const char *name)
{
    for (int i = 0; i < 2 * PLACES; i++) {
        char *folder = place(i / 2, set);
        char *path = folder ? cn_mem_printf("%s/%s%s", folder, name, i % 2 ? ".gz" : "") : NULL;
        cn_mem_free(folder);
        if (path && !access(path, R_OK))
            return path;
        cn_mem_free(path);
    }
    not_found(set, name);
    return NULL;
}

static cn_tensor *load(const char *set, const char *part, const char *what, int rank)
{
    char *name = cn_mem_printf("%s-%s-idx%d-ubyte", part, what, rank);
    char *path = name ? find(set, name) : NULL;
    cn_tensor *tensor = path ? cn_idx_load(path) : NULL;
    cn_shape shape = cn_shape_of(tensor);
    if (tensor && (shape.rank != rank || cn_dtype_of(tensor) != CN_UINT8))
        tensor = cn_fail_null(CN_EFORMAT, "%s: expected %d axes of uint8, found shape %s of %s",
                              path, rank, cn_shape_text(shape), cn_dtype_name(cn_dtype_of(tensor)));
    cn_mem_free(path);
    cn_mem_free(name);
    return tensor;
}

/* x (n, 28, 28, 1), y (n,) */
static cn_dataset *load_split(const char *set, cn_str split, const char *who)
{
    const char *part = !split                    ? NULL
                       : !strcmp(split, "train") ? "train"
                       : !strcmp(split, "test")  ? "t10k"
                                                 : NULL;
    if (!part)
        return cn_fail_null(CN_EINVAL, "%s: expected \"train\" or \"test\", found %s%s%s", who,
                            split ? "\"" : "", split ? split : "NULL", split ? "\"" : "");
    cn_tensor *x = load(set, part, "images", 3), *y = x ? load(set, part, "labels", 1) : NULL;
    if (!y)
        return NULL;
    return cn_from_arrays(cn_expand_dims(x, -1), y);
}

cn_dataset *cn_load_fashion_mnist(cn_str split)
{
    return load_split("fashion-mnist", split, "cn_load_fashion_mnist");
}

cn_dataset *cn_load_mnist(cn_str split)
{
    return load_split("mnist", split, "cn_load_mnist");
}
