#include "base/number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

/* A positive finite number as 0.d1d2d3... * 10^point. */
typedef struct decimal {
    char digits[24];
    int count, point;
} decimal;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* `precision` digits, correctly rounded. The locale's decimal point is skipped, whatever it is. */
static decimal round_to(double value, int precision)
{
    char text[64];
    decimal d = {.count = 0};
    snprintf(text, sizeof text, "%.*e", precision - 1, value);
    const char *at = text;
    for (; *at != 'e'; at++)
        if (is_digit(*at) && d.count < precision)
            d.digits[d.count++] = *at;
    d.point = atoi(at + 1) + 1;
    return d;
}

static double value_of(const decimal *d)
{
    char text[48];
    snprintf(text, sizeof text, "%.*se%d", d->count, d->digits, d->point - d->count);
    return strtod(text, NULL);
}

/* The next larger number of as many digits. */
static void increment(decimal *d)
{
    int i = d->count - 1;
    while (i >= 0 && d->digits[i] == '9')
        d->digits[i--] = '0';
    if (i >= 0) {
        d->digits[i]++;
        return;
    }
    d->digits[0] = '1'; /* 999 became 000: now 100, one place up */
    d->point++;
}

/* 15 digits always survive, 17 always suffice; below the normal range fewer may do. At a power of
 * two the gap below is half the gap above, so the nearest 16 digits may fail where the next ones
 * serve. */
static decimal shortest(double value)
{
    int exponent;
    bool power_of_two = frexp(value, &exponent) == 0.5;
    decimal d = {.count = 0};
    for (int precision = value < DBL_MIN ? 1 : 15; precision <= 17; precision++) {
        d = round_to(value, precision);
        if (value_of(&d) == value)
            break;
        if (power_of_two && precision == 16) {
            increment(&d);
            if (value_of(&d) == value)
                break;
        }
    }
    while (d.count > 1 && d.digits[d.count - 1] == '0')
        d.count--;
    return d;
}

static void lay_out(const decimal *d, char *text, size_t room)
{
    if (d->point <= -4 || d->point > 16)
        snprintf(text, room, "%c%s%.*se%c%02d", d->digits[0], d->count > 1 ? "." : "", d->count - 1,
                 d->digits + 1, d->point > 0 ? '+' : '-', abs(d->point - 1));
    else if (d->point <= 0)
        snprintf(text, room, "0.%.*s%.*s", -d->point, "0000", d->count, d->digits);
    else if (d->point >= d->count)
        snprintf(text, room, "%.*s%.*s.0", d->count, d->digits, d->point - d->count,
                 "0000000000000000");
    else
        snprintf(text, room, "%.*s.%.*s", d->point, d->digits, d->count - d->point,
                 d->digits + d->point);
}

char *cn_double_text(double value, char text[CN_NUMBER_TEXT])
{
    char *at = text;
    if (isnan(value))
        return strcpy(text, "nan");
    if (signbit(value))
        *at++ = '-';
    value = fabs(value);
    if (isinf(value)) {
        strcpy(at, "inf");
    } else if (value == 0) {
        strcpy(at, "0.0");
    } else {
        decimal d = shortest(value);
        lay_out(&d, at, CN_NUMBER_TEXT - 1);
    }
    return text;
}

/* Copies the number, its point replaced by the locale's, for strtod. */
static void localize(const char *text, size_t length, const char *point, char *out)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '.') {
            *out++ = text[i];
            continue;
        }
        size_t bytes = strlen(point);
        memcpy(out, point, bytes);
        out += bytes;
        point = ""; /* a second point must not become a valid number */
    }
    *out = 0;
}

static bool only_number_characters(const char *text, size_t length)
{
    int points = 0;
    for (size_t i = 0; i < length; i++) {
        points += text[i] == '.';
        if (!is_digit(text[i]) && !memchr("+-.eE", text[i], 5))
            return false;
    }
    return length > 0 && points <= 1;
}

bool cn_double_parse(const char *text, size_t length, double *value)
{
    char near[96], *end, *copy = near;
    const char *point = localeconv()->decimal_point;
    if (!only_number_characters(text, length))
        return cn_fail(CN_EINVAL, "expected a number, found '%.*s'", length < 40 ? (int)length : 40,
                       text);
    if (length + strlen(point) >= sizeof near && !(copy = cn_mem_alloc(length + strlen(point) + 1)))
        return false;
    localize(text, length, point, copy);
    *value = strtod(copy, &end);
    bool whole = end != copy && !*end;
    if (copy != near)
        cn_mem_free(copy);
    return whole || cn_fail(CN_EINVAL, "expected a number, found '%.*s'",
                            length < 40 ? (int)length : 40, text);
}
