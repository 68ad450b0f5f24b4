#include "parity/golden.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cornu/ops.h"

bool golden_open(golden_file *file, const char *family)
{
    char path[512];
    snprintf(path, sizeof path, "%s/tests/parity/golden/%s.npz", CORNU_SOURCE_DIR, family);
    file->cases = NULL;
    file->npz = cn_npz_open(path);
    cn_npy *text = file->npz ? cn_npz_read(file->npz, "cases") : NULL;
    if (text)
        file->cases = cn_json_parse(text->data, text->count);
    cn_npy_free(text);
    return CHECK(file->cases != NULL);
}

void golden_close(golden_file *file)
{
    cn_json_free(file->cases);
    cn_npz_close(file->npz);
}

cn_tensor *golden_array(const golden_file *file, const cn_json *name)
{
    static const cn_dtype dtypes[] = {[CN_NPY_BOOL] = CN_BOOL,       [CN_NPY_INT8] = CN_INT8,
                                      [CN_NPY_INT16] = CN_INT16,     [CN_NPY_INT32] = CN_INT32,
                                      [CN_NPY_INT64] = CN_INT64,     [CN_NPY_UINT8] = CN_UINT8,
                                      [CN_NPY_UINT16] = CN_UINT16,   [CN_NPY_UINT32] = CN_UINT32,
                                      [CN_NPY_UINT64] = CN_UINT64,   [CN_NPY_FLOAT16] = CN_FLOAT16,
                                      [CN_NPY_FLOAT32] = CN_FLOAT32, [CN_NPY_FLOAT64] = CN_FLOAT64};
    const char *id = cn_json_as_string(name, NULL);
    cn_npy *array = id ? cn_npz_read(file->npz, id) : NULL;
    if (!array)
        return NULL;
    cn_shape shape = {.rank = array->rank};
    memcpy(shape.dim, array->shape, (size_t)array->rank * sizeof *shape.dim);
    cn_tensor *tensor = cn_array(array->data, dtypes[array->type], shape);
    cn_npy_free(array);
    return tensor;
}

bool golden_close_to(const golden_file *file, cn_tensor *got, const cn_json *want, double tolerance,
                     const char *what)
{
    cn_tensor *expected = cn_cast(golden_array(file, want), CN_FLOAT64);
    const double *w = cn_data(expected), *g = cn_data(cn_cast(got, CN_FLOAT64));
    int64_t n = cn_size(expected);
    double largest = 0, worst = 0;
    bool ok = w && g && cn_size(got) == n;
    for (int64_t i = 0; ok && i < n; i++)
        largest = fmax(largest, isfinite(w[i]) ? fabs(w[i]) : 0);
    for (int64_t i = 0; ok && i < n; i++)
        if (!(w[i] == g[i] || (isnan(w[i]) && isnan(g[i]))))
            worst = isnan(g[i] - w[i]) ? INFINITY : fmax(worst, fabs(g[i] - w[i]));
    if (ok && worst <= tolerance * (1 + largest))
        return true;
    fprintf(stderr, "%s: off by %g, largest %g; %s\n", what, ok ? worst : NAN, largest, cn_error());
    if (ok && n == 1)
        fprintf(stderr, "    expected %.9g, found %.9g\n", w[0], g[0]);
    cn_clear_error();
    return CHECK(!"close to Keras's values");
}
