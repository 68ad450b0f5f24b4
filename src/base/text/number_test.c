#include "base/number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/test.h"

TEST(number_text_is_pythons_repr)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1, "1.0"},
        {-2.5, "-2.5"},
        {0.1, "0.1"},
        {1e-7, "1e-07"},
        {1e-4, "0.0001"},
        {1e-5, "1e-05"},
        {1.5e-5, "1.5e-05"},
        {123.456, "123.456"},
        {1e15, "1000000000000000.0"},
        {1e16, "1e+16"},
        {1234567890123456.0, "1234567890123456.0"},
        {12345678901234568.0, "1.2345678901234568e+16"},
        {1e22, "1e+22"},
        {1e100, "1e+100"},
        {0.30000000000000004, "0.30000000000000004"},
        {1.0 / 3, "0.3333333333333333"},
        {5.684341886080802e-14, "5.684341886080802e-14"}, /* 2^-44: nearest 16 digits fail */
        {9007199254740992.0, "9007199254740992.0"},
        {DBL_MAX, "1.7976931348623157e+308"},
        {DBL_MIN, "2.2250738585072014e-308"},
        {5e-324, "5e-324"},
        {1e-310, "1e-310"},
        {INFINITY, "inf"},
        {-INFINITY, "-inf"},
        {NAN, "nan"},
        {0.0010000000474974513, "0.0010000000474974513"},
    };
    char text[CN_NUMBER_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_text(cn_double_text(cases[i].value, text), cases[i].text);
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state ^ *state >> 29;
}

TEST(number_text_reads_back)
{
    uint64_t state = 1;
    char text[CN_NUMBER_TEXT];
    size_t longest = 0;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = next_random(&state);
        double value, back;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        cn_double_text(value, text);
        REQUIRE(cn_double_parse(text, strlen(text), &back));
        REQUIRE(!memcmp(&value, &back, sizeof value));
        longest = strlen(text) > longest ? strlen(text) : longest;
    }
    CHECK(longest < CN_NUMBER_TEXT);
}

TEST(number_parse_refuses)
{
    static const char *const bad[] = {"",    ".",  "1.2.3", "0x10", "inf",
                                      "nan", " 1", "1 ",    "e5",   "1e"};
    double value;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK(!cn_double_parse(bad[i], strlen(bad[i]), &value));
        CHECK(cn_error_code() == CN_EINVAL);
        cn_clear_error();
    }
    CHECK(!cn_double_parse("1x", 2, &value));
    check_error("expected a number, found '1x'");
    CHECK(cn_double_parse("12", 1, &value) && value == 1);
    CHECK(cn_double_parse("1e999", 5, &value) && isinf(value));
}

TEST(number_of_very_many_digits)
{
    char text[1001];
    double value;
    memset(text, '1', sizeof text);
    text[1] = '.';
    CHECK(cn_double_parse(text, sizeof text, &value));
    CHECK(value == 1.1111111111111111);
    cn_mem_fail_at(0);
    CHECK(!cn_double_parse(text, sizeof text, &value));
    cn_mem_fail_at(-1);
    CHECK(cn_error_code() == CN_ENOMEM);
    cn_clear_error();
}

TEST(number_is_the_same_in_every_locale)
{
    static const char *const locales[] = {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8", "de_DE.utf8"};
    bool found = false;
    for (size_t i = 0; i < 4 && !found; i++)
        found = setlocale(LC_NUMERIC, locales[i]) != NULL;
    char text[CN_NUMBER_TEXT];
    double value = 0;
    check_text(cn_double_text(1234.5, text), "1234.5");
    CHECK(cn_double_parse("1234.5", 6, &value) && value == 1234.5);
    setlocale(LC_NUMERIC, "C");
}
