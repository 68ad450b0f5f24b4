/* serve: {"argv": […]} a line, answered by {"rc": 0, "stdout": "…", "stderr": "…"} a line. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { MOST_WORDS = 64 };

static int hex(const char *at)
{
    int value = 0;
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef";
        const char *digit = at[i] ? strchr(digits, at[i] | 32) : NULL;
        if (!digit)
            return -1;
        value = value * 16 + (int)(digit - digits);
    }
    return value;
}

static char *put_utf8(char *to, unsigned code)
{
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xc0 | code >> 6);
        *to++ = (char)(0x80 | (code & 63));
    } else if (code < 0x10000) {
        *to++ = (char)(0xe0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 63));
        *to++ = (char)(0x80 | (code & 63));
    } else {
        *to++ = (char)(0xf0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 63));
        *to++ = (char)(0x80 | (code >> 6 & 63));
        *to++ = (char)(0x80 | (code & 63));
    }
    return to;
}

/* The code behind \u, perhaps of a pair. */
static const char *read_code(const char *at, unsigned *code)
{
    int high = hex(at), low = -1;
    if (high >= 0xd800 && high < 0xdc00 && at[4] == '\\' && at[5] == 'u')
        low = hex(at + 6);
    *code = high < 0 ? '?' : (unsigned)high;
    if (low >= 0xdc00 && low < 0xe000) {
        *code = 0x10000 + ((unsigned)(high - 0xd800) << 10) + (unsigned)(low - 0xdc00);
        return at + 10;
    }
    return high < 0 ? at : at + 4;
}

/* A JSON string in place; it only gets shorter. NULL: it is none. */
static char *unquote(char *text)
{
    static const char names[] = "bfnrt", values[] = "\b\f\n\r\t";
    text += strspn(text, " \t\r\n");
    if (*text != '"')
        return NULL;
    char *to = ++text, *begin = to;
    for (const char *at = text; *at != '"';) {
        unsigned code;
        const char *name;
        if (!*at)
            return NULL;
        if (*at != '\\') {
            *to++ = *at++;
        } else if (at[1] == 'u') {
            at = read_code(at + 2, &code);
            to = put_utf8(to, code);
        } else {
            name = at[1] ? strchr(names, at[1]) : NULL;
            *to++ = name ? values[name - names] : at[1];
            at += at[1] ? 2 : 1;
        }
    }
    *to = 0;
    return begin;
}

static void print_string(FILE *out, const char *text, size_t n)
{
    fputc('"', out);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20)
            fprintf(out, "\\u%04x", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

/* The words of "argv"; owned by `owned`. */
static int read_words(const char *line, char **words, char **owned)
{
    const char *list = strstr(line, "\"argv\""), *item;
    size_t n;
    int count = 0;
    list = list ? strchr(list, '[') : NULL;
    while (list && count < MOST_WORDS && (item = list_item(list, (size_t)count, &n))) {
        char *copy = malloc(n + 1);
        if (!copy)
            break;
        memcpy(copy, item, n);
        copy[n] = 0;
        owned[count] = copy;
        words[count] = unquote(copy);
        count++;
        if (!words[count - 1])
            words[count - 1] = copy;
    }
    return count;
}

static char *contents(FILE *file, size_t *size)
{
    long end = fseek(file, 0, SEEK_END) ? -1 : ftell(file);
    char *text = end >= 0 ? malloc((size_t)end + 1) : NULL;
    rewind(file);
    *size = text ? fread(text, 1, (size_t)end, file) : 0;
    return text;
}

static void answer(FILE *out, int status, FILE *const *files)
{
    static const char *const names[] = {"stdout", "stderr"};
    fprintf(out, "{\"rc\": %d", status);
    for (int i = 0; i < 2; i++) {
        size_t size;
        char *text = contents(files[i], &size);
        fprintf(out, ", \"%s\": ", names[i]);
        print_string(out, text ? text : "", size);
        free(text);
    }
    fputs("}\n", out);
    fflush(out);
}

static bool serve_line(const char *line, FILE *out)
{
    char *words[MOST_WORDS], *owned[MOST_WORDS];
    FILE *files[2] = {tmpfile(), tmpfile()};
    bool ok = files[0] && files[1];
    if (ok) {
        int count = read_words(line, words, owned);
        bool nested = count > 0 && !strcmp(words[0], "serve");
        streams to = {files[0], files[1]};
        int status = nested ? WRONG_USAGE : run_command(count, words, &to);
        for (int i = 0; i < count; i++)
            free(owned[i]);
        answer(out, status, files);
    }
    for (int i = 0; i < 2; i++)
        if (files[i])
            fclose(files[i]);
    return ok;
}

int run_serve(const arguments *a, const streams *to)
{
    (void)a;
    char *line = NULL;
    size_t size = 0, room = 0;
    bool ok = true;
    for (int c = getchar(); ok && c != EOF; c = getchar()) {
        if (size + 2 > room) {
            char *grown = realloc(line, room = room ? room * 2 : 4096);
            if (!grown)
                break;
            line = grown;
        }
        line[size++] = (char)c;
        if (c != '\n')
            continue;
        line[size] = 0;
        if (size > 1)
            ok = serve_line(line, to->out);
        size = 0;
    }
    free(line);
    return ok ? DONE : FAILED;
}
