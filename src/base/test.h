/* The test runner: TEST(name) { … } in any *_test.c is found by itself.
 *
 *     TEST(json_reads_numbers) { CHECK(json_number("1") == 1); }
 *
 * The program prints what fails and ends with "N passed, N failed"; words on its command line
 * choose the tests whose name contains one of them. Every test starts and ends without a recorded
 * error. */
#ifndef CN_BASE_TEST_H
#define CN_BASE_TEST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cn_test {
    const char *name, *file;
    void (*run)(void);
    struct cn_test *next;
} cn_test;

void cn_test_add(cn_test *test);
/* These record a failure of the running test and return whether the check held. */
bool cn_test_check(bool ok, const char *what, const char *file, int line);
bool cn_test_text(const char *got, const char *want, const char *file, int line);
/* |got - want| <= atol + rtol * |want| for each of n elements; NaN equals NaN. */
bool cn_test_close(const float *got, const float *want, size_t n, double rtol, double atol,
                   const char *file, int line);
bool cn_test_close_double(const double *got, const double *want, size_t n, double rtol, double atol,
                          const char *file, int line);
/* A fresh path in a folder of its own that is removed when the program ends. */
const char *cn_test_path(const char *name);

#define TEST(id)                                                                 \
    static void test_##id(void);                                                 \
    __attribute__((constructor)) static void add_##id(void)                      \
    {                                                                            \
        static cn_test test = {.name = #id, .file = __FILE__, .run = test_##id}; \
        cn_test_add(&test);                                                      \
    }                                                                            \
    static void test_##id(void)

#define CHECK(condition) cn_test_check(condition, #condition, __FILE__, __LINE__)
/* Stops the test when the condition does not hold. */
#define REQUIRE(condition)     \
    do {                       \
        if (!CHECK(condition)) \
            return;            \
    } while (0)
#define check_text(got, want) cn_test_text(got, want, __FILE__, __LINE__)
#define check_close(got, want, n, rtol, atol) \
    cn_test_close(got, want, n, rtol, atol, __FILE__, __LINE__)
/* The recorded error is exactly `want` (but for the user's place at its end); clears it. */
#define check_error(want) cn_test_error(want, __FILE__, __LINE__)
bool cn_test_error(const char *want, const char *file, int line);

#endif
