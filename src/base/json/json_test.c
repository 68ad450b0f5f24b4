#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/test.h"

static cn_json *parse(const char *text)
{
    return cn_json_parse(text, strlen(text));
}

/* The text of what was read. */
static void check_round(const char *text, const char *want)
{
    cn_json *value = parse(text);
    char *got = value ? cn_json_text(value, 0) : NULL;
    check_text(got, want);
    cn_mem_free(got);
    cn_json_free(value);
}

static void check_refused(const char *text, const char *error)
{
    CHECK(parse(text) == NULL);
    CHECK(cn_error_code() == CN_EFORMAT);
    check_error(error);
}

TEST(json_reads_and_writes_as_python)
{
    check_round("null", "null");
    check_round(" [ true , false ] ", "[true, false]");
    check_round("{\"b\":1,\"a\":{}}", "{\"b\": 1, \"a\": {}}");
    check_round("[NaN,Infinity,-Infinity]", "[NaN, Infinity, -Infinity]");
    check_round("[1, 1.0, -0, -0.0, 1e-7, 1E5]", "[1, 1.0, 0, -0.0, 1e-07, 100000.0]");
    check_round("9223372036854775807", "9223372036854775807");
    check_round("-9223372036854775808", "-9223372036854775808");
    check_round("9223372036854775808", "9.223372036854776e+18");
    check_round("-9223372036854775809", "-9.223372036854776e+18");
    check_round("\"\\u00e9\\ud83d\\ude00\\n\\/\\\"\\\\\"", "\"\\u00e9\\ud83d\\ude00\\n/\\\"\\\\\"");
    check_round("\"\xC3\xA9\xF0\x9F\x98\x80\x7F\"", "\"\\u00e9\\ud83d\\ude00\\u007f\"");
    check_round("\"a\\u0000b\"", "\"a\\u0000b\"");
    check_round("[[],{},\"\"]", "[[], {}, \"\"]");
}

TEST(json_indents_as_python)
{
    cn_json *value = parse("{\"a\":[1,{\"b\":null}],\"c\":[],\"d\":{}}");
    char *text = cn_json_text(value, 2);
    check_text(text, "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n"
                     "  \"c\": [],\n  \"d\": {}\n}");
    cn_mem_free(text);
    cn_json_free(value);
}

TEST(json_says_where_it_is_wrong)
{
    check_refused("{\"a\": 1,\n \"b\": 2\n      x",
                  "JSON: line 3, column 7: expected ',' or '}', found 'x'");
    check_refused("", "JSON: line 1, column 1: expected a value, found the end of the text");
    check_refused("[1,]", "JSON: line 1, column 4: expected a value, found ']'");
    check_refused("[1 2]", "JSON: line 1, column 4: expected ',' or ']', found '2'");
    check_refused("{1:2}", "JSON: line 1, column 2: expected a name in quotes, found '1'");
    check_refused("{\"a\" 2}", "JSON: line 1, column 6: expected ':', found '2'");
    check_refused("[01]", "JSON: line 1, column 3: a number may not start with 0");
    check_refused("[1.]", "JSON: line 1, column 4: expected a digit, found ']'");
    check_refused("-", "JSON: line 1, column 2: expected a digit, found the end of the text");
    check_refused("1e+", "JSON: line 1, column 4: expected a digit, found the end of the text");
    check_refused("+1", "JSON: line 1, column 1: expected a value, found '+'");
    check_refused("nul", "JSON: line 1, column 1: expected a value, found 'n'");
    check_refused("[1] 2", "JSON: line 1, column 5: expected the end of the text, found '2'");
    check_refused("\xEF\xBB\xBF[]", "JSON: line 1, column 1: expected a value, found byte 0xEF");
}

TEST(json_refuses_bad_strings)
{
    check_refused("\"abc", "JSON: line 1, column 5: expected '\"', found the end of the text");
    check_refused("\"\xC3\xA9\xFF\"", "JSON: line 1, column 3: not valid UTF-8");
    check_refused("\"a\nb\"",
                  "JSON: line 1, column 3: a control character in a string must be escaped");
    check_refused("\"\\x\"", "JSON: line 1, column 3: expected an escape, found 'x'");
    check_refused("\"\\u12g4\"", "JSON: line 1, column 6: expected a hexadecimal digit, found 'g'");
    check_refused("\"\\ud800\"", "JSON: line 1, column 4: half of a surrogate pair");
    check_refused("\"\\ud800\\u0041\"", "JSON: line 1, column 4: half of a surrogate pair");
    check_refused("\"\\udc00\"", "JSON: line 1, column 4: half of a surrogate pair");
    check_refused("{\"a\\u0000\":1}", "JSON: line 1, column 2: a name may not hold NUL");
    CHECK(cn_json_parse("\"\0\"", 3) == NULL);
    check_error("JSON: line 1, column 2: a control character in a string must be escaped");
    CHECK(cn_json_parse("\"\\\0\"", 4) == NULL);
    check_error("JSON: line 1, column 3: expected an escape, found byte 0x00");
}

static cn_json *nested(size_t depth)
{
    char text[1024];
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    return cn_json_parse(text, 2 * depth);
}

TEST(json_limits_depth)
{
    cn_json *deep = nested(256);
    char *text = cn_json_text(deep, 0);
    CHECK(text && strlen(text) == 512);
    cn_mem_free(text);
    cn_json *copy = cn_json_copy(deep);
    CHECK(cn_json_equal(deep, copy));
    cn_json_free(copy);
    CHECK(nested(257) == NULL);
    check_error("JSON: line 1, column 257: nested deeper than 256");
    for (int i = 0; i < 100000; i++) { /* made by hand: freeing must not recurse */
        cn_json *list = cn_json_list();
        cn_json_add(list, deep);
        deep = list;
    }
    CHECK(cn_json_text(deep, 0) == NULL);
    check_error("JSON: nested deeper than 256");
    CHECK(cn_json_copy(deep) == NULL);
    check_error("JSON: nested deeper than 256");
    cn_json_free(deep);
}

TEST(json_last_of_repeated_names_wins)
{
    check_round("{\"a\":1,\"b\":2,\"a\":3,\"c\":4,\"a\":5,\"b\":6}",
                "{\"a\": 5, \"b\": 6, \"c\": 4}");
}

TEST(json_objects_and_lists)
{
    cn_json *object = cn_json_object(), *list = cn_json_list();
    CHECK(cn_json_set(object, "a", cn_json_int(1)) && cn_json_set(object, "b", cn_json_float(2.5)));
    CHECK(cn_json_set(object, "a", cn_json_string("x")));
    CHECK(cn_json_set(object, "l", list) && cn_json_add(list, cn_json_bool(true)));
    check_text(cn_json_as_string(cn_json_get(object, "a"), "?"), "x");
    CHECK(cn_json_as_double(cn_json_get(object, "b"), 0) == 2.5);
    CHECK(cn_json_as_int(cn_json_get(object, "b"), 7) == 7);
    CHECK(cn_json_as_int(cn_json_get(object, "none"), 7) == 7);
    CHECK(cn_json_as_bool(cn_json_at(list, 0), false) && !cn_json_at(list, 1));
    CHECK(cn_json_at(NULL, 0) == NULL && cn_json_get(NULL, "a") == NULL && !cn_json_get(list, "a"));
    cn_json *removed = cn_json_remove(object, "a");
    CHECK(removed && !removed->key && cn_json_remove(object, "a") == NULL && object->count == 2);
    cn_json_free(removed);
    cn_json *null = cn_json_string(NULL);
    CHECK(cn_json_is(null, CN_JSON_NULL) && !cn_json_is(NULL, CN_JSON_NULL));
    CHECK(!cn_json_add(object, null)); /* taken all the same */
    check_error("JSON: expected a list, found none");
    CHECK(!cn_json_set(NULL, "a", cn_json_int(1)) && !cn_json_set(object, "a", NULL));
    check_error("JSON: expected an object, a key and a value");
    cn_json_free(object);
    cn_json_free(NULL);
}

TEST(json_equality)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } cases[] = {
        {"[1, {\"a\": NaN, \"b\": 2}]", "[1.0, {\"b\": 2, \"a\": NaN}]", true},
        {"9007199254740993", "9007199254740992.0", false},
        {"9223372036854775807", "9223372036854775808.0", false},
        {"1", "true", false},
        {"\"1\"", "1", false},
        {"[1]", "[1, 2]", false},
        {"{\"a\": 1}", "{\"b\": 1}", false},
        {"\"a\\u0000b\"", "\"a\\u0000c\"", false},
        {"null", "null", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cn_json *a = parse(cases[i].a), *b = parse(cases[i].b);
        CHECK(cn_json_equal(a, b) == cases[i].equal && cn_json_equal(b, a) == cases[i].equal);
        cn_json_free(a);
        cn_json_free(b);
    }
    CHECK(cn_json_equal(NULL, NULL));
}

static const char sample[] =
    "{\"class_name\": \"Dense\", \"config\": {\"units\": 64, \"x\": [1.5, -2, null, "
    "true, NaN, \"\\u00e4\\n\"], \"x\": {\"y\": []}}, \"z\": 1e300}";

TEST(json_survives_every_truncation)
{
    for (size_t length = 0; length < sizeof sample - 1; length++) {
        CHECK(cn_json_parse(sample, length) == NULL);
        CHECK(cn_error_code() == CN_EFORMAT);
        cn_clear_error();
    }
}

/* Reads, copies, compares, changes and writes; false when any of it fails. */
static bool use_everything(void)
{
    cn_json *value = parse(sample), *copy = cn_json_copy(value);
    bool ok = cn_json_set(copy, "more", cn_json_string("text"));
    cn_json *list = cn_json_list();
    ok = cn_json_add(list, cn_json_int(1)) && ok;
    ok = cn_json_set(copy, "list", list) && ok;
    char *text = ok ? cn_json_text(copy, 2) : NULL;
    ok = text && value;
    cn_mem_free(text);
    cn_json_free(value);
    cn_json_free(copy);
    return ok;
}

TEST(json_when_memory_runs_out)
{
    for (long n = 0;; n++) {
        cn_mem_fail_at(n);
        bool ok = use_everything();
        if (!cn_mem_failed()) {
            CHECK(ok && n > 20);
            break;
        }
        CHECK(!ok && cn_error_code() == CN_ENOMEM);
        cn_clear_error();
    }
    cn_mem_fail_at(-1);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* One object of very many names: what would be quadratic without care. A loose bound: machines are
 * shared, and the quadratic way takes many seconds. */
TEST(json_reads_many_names_quickly)
{
    size_t length = 0, room = 2000000;
    char *text = cn_mem_alloc(room);
    REQUIRE(text);
    text[length++] = '{';
    for (int i = 0; i < 100000; i++)
        length +=
            (size_t)snprintf(text + length, room - length, "%s\"n%d\":%d", i ? "," : "", i, i);
    text[length++] = '}';
    double start = seconds();
    cn_json *value = cn_json_parse(text, length);
    double took = seconds() - start;
    CHECK(value && value->count == 100000);
    CHECK(took < 1.0);
    cn_json_free(value);
    cn_mem_free(text);
}
