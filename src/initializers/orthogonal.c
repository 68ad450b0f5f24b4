/* Orthogonal rows or columns: the Q of a random matrix's QR, its signs made those of R's diagonal;
 * and the identity. keras.initializers.Orthogonal, Identity */
#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "graph/shape.h"
#include "initializers/random.h"
#include "ops/ops.h"

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* column -= 2 v (v . column), v of length 1 */
static void reflect(const double *v, double *column, size_t n)
{
    double twice = 2 * dot(v, column, n);
    for (size_t i = 0; i < n; i++)
        column[i] -= twice * v[i];
}

/* Makes `a` a unit vector v whose reflection takes it to (r, 0, …), and returns r. */
static double householder(double *a, size_t n)
{
    double norm = sqrt(dot(a, a, n));
    double r = a[0] > 0 ? -norm : norm; /* away from a[0]: nothing cancels */
    a[0] -= r;
    double length = sqrt(dot(a, a, n));
    for (size_t i = 0; i < n && length > 0; i++)
        a[i] /= length;
    return r;
}

/* a (columns, rows): column k is a[k * rows…], rows >= columns; becomes Q with R's signs. */
static void orthonormalize(double *a, double *q, double *signs, size_t rows, size_t columns)
{
    for (size_t k = 0; k < columns; k++) {
        double *v = a + k * rows + k;
        double r = householder(v, rows - k);
        signs[k] = (r > 0) - (r < 0);
        for (size_t j = k + 1; j < columns; j++)
            reflect(v, a + j * rows + k, rows - k);
    }
    for (size_t j = 0; j < columns; j++) {
        double *column = q + j * rows;
        for (size_t i = 0; i < rows; i++)
            column[i] = i == j ? signs[j] : 0;
        for (size_t k = j + 1; k--;) /* the later reflections leave e_j alone */
            reflect(a + k * rows + k, column + k, rows - k);
    }
}

/* The columns, (columns, rows); owned: cn_mem_free. */
static double *random_columns(size_t rows, size_t columns, int seed)
{
    float *z = cn_initial_normal(rows * columns, seed);
    double *a = cn_mem_calloc(rows * columns, sizeof *a);
    double *q = cn_mem_calloc(rows * columns, sizeof *q),
           *signs = cn_mem_calloc(columns, sizeof *q);
    if (z && a && q && signs) {
        for (size_t i = 0; i < rows * columns; i++)
            a[i] = z[i];
        orthonormalize(a, q, signs, rows, columns);
    } else {
        cn_mem_free(q);
        q = NULL;
    }
    cn_mem_free(z);
    cn_mem_free(a);
    cn_mem_free(signs);
    return q;
}

#define ORTHOGONAL(P)                            \
    P(float, gain, 1.0, "length of the vectors") \
    CN_SEED_PARAM_(P)
CN_THING(orthogonal, cn_instance, ORTHOGONAL, )

static cn_tensor *call_orthogonal(orthogonal *self, cn_shape shape, cn_dtype dtype)
{
    int64_t size = cn_shape_size(shape);
    if (shape.rank < 2 || size < 0)
        return cn_fail_null(CN_EINVAL,
                            "The tensor to initialize must be at least two-dimensional. Received: "
                            "shape=%s of rank %d.",
                            cn_shape_text(shape), shape.rank);
    int64_t columns = shape.dim[shape.rank - 1], rows = size ? size / columns : 0;
    bool wide = rows < columns;
    int64_t longer = wide ? columns : rows, shorter = wide ? rows : columns;
    double *q = random_columns((size_t)longer, size ? (size_t)shorter : 0, self->seed);
    float *values = cn_mem_calloc((size_t)size, sizeof *values);
    cn_tensor *result = NULL;
    if (q && values) {
        for (int64_t i = 0; i < rows; i++)
            for (int64_t j = 0; j < columns; j++)
                values[i * columns + j] =
                    (float)(self->gain * (wide ? q[i * longer + j] : q[j * longer + i]));
        result = cn_cast(cn_array(values, CN_FLOAT32, shape), dtype);
    }
    cn_mem_free(q);
    cn_mem_free(values);
    return result;
}
CN_INITIALIZER(orthogonal, "Orthogonal", "OrthogonalInitializer", .call = call_orthogonal,
               .read_config = cn_read_seed)

#define IDENTITY(P) P(float, gain, 1.0, "the number on the diagonal")
CN_THING(identity_initializer, cn_instance, IDENTITY, )

static cn_tensor *call_identity(identity_initializer *self, cn_shape shape, cn_dtype dtype)
{
    if (shape.rank != 2)
        return cn_fail_null(CN_EINVAL,
                            "Identity matrix initializer can only be used for 2D matrices. "
                            "Received: shape=%s of rank %d.",
                            cn_shape_text(shape), shape.rank);
    cn_tensor *eye = cn_eye(shape.dim[0], shape.dim[1], CN_FLOAT32);
    return cn_cast(self->gain == 1 ? eye : cn_mul(eye, self->gain), dtype);
}
/* Keras leaves it out. */
static bool write_identity(const identity_initializer *self, cn_json *config)
{
    if (self->gain == 1)
        cn_json_free(cn_json_remove(config, "gain"));
    return true;
}
CN_INITIALIZER(identity_initializer, "Identity", "IdentityInitializer", .call = call_identity,
               .write_config = write_identity)
