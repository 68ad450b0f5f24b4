#include "base/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cornu/error.h"

static cn_test *tests;
static int failures; /* of the running test */
static const char *running;
static char folder[64];

void cn_test_add(cn_test *test)
{
    test->next = tests;
    tests = test;
}

bool cn_test_check(bool ok, const char *what, const char *file, int line)
{
    if (ok)
        return true;
    failures++;
    printf("%s:%d: %s: %s", file, line, running, what);
    printf(cn_error_code() ? " (error: %s)\n" : "%s\n", cn_error());
    return false;
}

bool cn_test_text(const char *got, const char *want, const char *file, int line)
{
    if (got && want && !strcmp(got, want))
        return true;
    failures++;
    printf("%s:%d: %s:\n  got  \"%s\"\n  want \"%s\"\n", file, line, running, got ? got : "(null)",
           want ? want : "(null)");
    return false;
}

/* "message; cn_call at file.c:41" without what follows the message. */
bool cn_test_error(const char *want, const char *file, int line)
{
    char text[2048];
    snprintf(text, sizeof text, "%s", cn_error());
    char *place = strstr(text, "; cn_");
    if (place && strstr(place, " at "))
        *place = 0;
    cn_clear_error();
    return cn_test_text(text, want, file, line);
}

static bool close_enough(double got, double want, double rtol, double atol)
{
    if (isnan(want))
        return isnan(got);
    return got == want || fabs(got - want) <= atol + rtol * fabs(want);
}

static bool report(size_t i, double got, double want, const char *file, int line)
{
    failures++;
    printf("%s:%d: %s: element %zu is %.9g, expected %.9g\n", file, line, running, i, got, want);
    return false;
}

bool cn_test_close(const float *got, const float *want, size_t n, double rtol, double atol,
                   const char *file, int line)
{
    if (!got || !want)
        return cn_test_check(false, "no values to compare", file, line);
    for (size_t i = 0; i < n; i++)
        if (!close_enough(got[i], want[i], rtol, atol))
            return report(i, got[i], want[i], file, line);
    return true;
}

bool cn_test_close_double(const double *got, const double *want, size_t n, double rtol, double atol,
                          const char *file, int line)
{
    if (!got || !want)
        return cn_test_check(false, "no values to compare", file, line);
    for (size_t i = 0; i < n; i++)
        if (!close_enough(got[i], want[i], rtol, atol))
            return report(i, got[i], want[i], file, line);
    return true;
}

const char *cn_test_path(const char *name)
{
    static char paths[8][160];
    static int next;
    if (!folder[0]) {
        strcpy(folder, "/tmp/cornu-test-XXXXXX");
        if (!mkdtemp(folder)) {
            perror("mkdtemp");
            exit(1);
        }
    }
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static bool chosen(const cn_test *test, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strstr(test->name, argv[i]) || strstr(test->file, argv[i]))
            return true;
    return argc < 2;
}

static bool run(const cn_test *test)
{
    failures = 0;
    running = test->name;
    cn_clear_error();
    cn_mark(NULL, 0, NULL);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    test->run();
    clock_gettime(CLOCK_MONOTONIC, &end);
    cn_test_check(!cn_error_code(), "left an error behind", test->file, 0);
    double seconds =
        (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
    if (seconds > 2 || getenv("CORNU_TEST_VERBOSE"))
        printf("%s: %.2f s\n", test->name, seconds);
    fflush(stdout);
    return !failures;
}

int main(int argc, char **argv)
{
    int passed = 0, failed = 0;
    for (cn_test *test = tests; test; test = test->next)
        if (chosen(test, argc, argv))
            run(test) ? passed++ : failed++;
    if (folder[0]) {
        char command[128];
        snprintf(command, sizeof command, "rm -rf '%s'", folder);
        if (system(command))
            perror(folder);
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
