/* What the programs share: they end with status 1 at the first thing that is not as it should be.
 */
#ifndef NOTE_CHECK_H
#define NOTE_CHECK_H

#include <cornu.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition) \
    ((condition) ? (void)0 : note_stop("expected %s", #condition, __FILE__, __LINE__))
/* A number, within a relative and absolute 1e-6; and the same with a tolerance. */
#define NEAR(got, want) CLOSE(got, want, 1e-6)
#define CLOSE(got, want, tolerance) note_close(got, want, tolerance, __FILE__, __LINE__)
/* All values of a tensor of float32. */
#define VALUES(tensor, tolerance, ...)                      \
    note_values(tensor, tolerance, (double[]){__VA_ARGS__}, \
                sizeof((double[]){__VA_ARGS__}) / sizeof(double), __FILE__, __LINE__)
#define TEXT(got, want) note_text(got, want, __FILE__, __LINE__)

static inline void note_stop(const char *format, const char *what, const char *file, int line)
{
    printf("%s:%d: ", file, line);
    printf(format, what);
    printf("%s%s\n", *cn_error() ? "; " : "", cn_error());
    exit(1);
}

static inline void note_close(double got, double want, double tolerance, const char *file, int line)
{
    char what[100];
    snprintf(what, sizeof what, "%.9g, found %.9g", want, got);
    if (!(fabs(got - want) <= tolerance * (1 + fabs(want))))
        note_stop("expected %s", what, file, line);
}

static inline void note_values(cn_tensor *tensor, double tolerance, const double *want, size_t n,
                               const char *file, int line)
{
    const float *got = cn_floats(tensor);
    if (!got || cn_size(tensor) != (int64_t)n)
        note_stop("expected %s", "as many float32 values", file, line);
    for (size_t i = 0; i < n; i++)
        note_close(got[i], want[i], tolerance, file, line);
}

/* A file of that name can be opened. */
static inline bool note_exists(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file)
        fclose(file);
    return file;
}

static inline void note_text(const char *got, const char *want, const char *file, int line)
{
    if (!got || strcmp(got, want) != 0)
        printf("expected: %s\nfound:    %s\n", want, got ? got : "(null)");
    if (!got || strcmp(got, want) != 0)
        note_stop("%s", "another text", file, line);
}

#endif
