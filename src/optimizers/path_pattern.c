/* A pattern becomes a program (Thompson 1968) whose states are walked all at once, so that time is
 * the product of both lengths, whatever the pattern. */
#include "optimizers/path_pattern.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"

enum { MOST = 512, DEEPEST = 32 };

typedef enum kind { SET, SPLIT, JUMP, START, END, DONE } kind;

typedef struct instruction {
    kind kind;
    int first, second; /* where SPLIT and JUMP go on, counted from here */
    uint32_t set[8];   /* bytes that SET takes */
} instruction;

typedef struct program {
    const char *pattern, *at;
    int count, depth;
    bool wrong;
    instruction code[MOST];
} program;

static instruction *emit(program *p, int place, kind kind)
{
    static instruction spare;
    if (p->count >= MOST) {
        p->wrong = true;
        return &spare;
    }
    memmove(p->code + place + 1, p->code + place, (size_t)(p->count - place) * sizeof *p->code);
    p->count++;
    p->code[place] = (instruction){.kind = kind};
    return &p->code[place];
}

static void take(uint32_t *set, int from, int to)
{
    for (int c = from; c <= to; c++)
        set[c >> 5] |= 1u << (c & 31);
}

static void take_class(uint32_t *set, int (*is)(int), bool extra_underscore)
{
    for (int c = 0; c < 128; c++)
        if (is(c) || (extra_underscore && c == '_'))
            take(set, c, c);
}

/* What follows a backslash. */
static void escape(program *p, uint32_t *set)
{
    unsigned char c = (unsigned char)*p->at;
    uint32_t taken[8] = {0};
    switch (tolower(c)) {
    case 'd':
        take(taken, '0', '9');
        break;
    case 'w':
        take_class(taken, isalnum, true);
        break;
    case 's':
        take_class(taken, isspace, false);
        break;
    default:
        p->wrong = p->wrong || !c || isalnum(c);
        take(taken, c, c);
    }
    bool other = c && isupper(c); /* \D: all that \d is not */
    for (int i = 0; i < 8; i++)
        set[i] |= other ? ~taken[i] : taken[i];
    if (c)
        p->at++;
}

/* After '[', up to and with ']'. */
static void set_of(program *p, uint32_t *set)
{
    bool other = *p->at == '^';
    p->at += other;
    for (bool first = true; first || *p->at != ']'; first = false) {
        unsigned char from = (unsigned char)*p->at;
        if (!from) {
            p->wrong = true;
            return;
        }
        p->at++;
        if (from == '\\') {
            escape(p, set);
        } else if (p->at[0] == '-' && p->at[1] && p->at[1] != ']') {
            take(set, from, (unsigned char)p->at[1]);
            p->at += 2;
        } else {
            take(set, from, from);
        }
    }
    p->at++;
    for (int i = 0; i < 8 && other; i++)
        set[i] = ~set[i];
}

static void alternatives(program *p);

static void atom(program *p)
{
    char c = *p->at++;
    if (c == '(') {
        if (!strncmp(p->at, "?:", 2))
            p->at += 2;
        alternatives(p);
        p->wrong = p->wrong || *p->at != ')';
        p->at += *p->at == ')';
        return;
    }
    p->wrong = p->wrong || strchr("*+?{", c);
    instruction *one = emit(p, p->count, c == '^' ? START : c == '$' ? END : SET);
    if (c == '.')
        take(one->set, 0, 255);
    else if (c == '[')
        set_of(p, one->set);
    else if (c == '\\')
        escape(p, one->set);
    else
        take(one->set, (unsigned char)c, (unsigned char)c);
}

/* An atom and the sign after it. */
static void repeated(program *p)
{
    int start = p->count;
    atom(p);
    char sign = *p->at;
    int length = p->count - start;
    if (!sign || !strchr("*+?", sign))
        return;
    p->at++;
    if (sign == '+') {
        emit(p, p->count, SPLIT)->first = -length;
        p->code[p->count - 1].second = 1;
        return;
    }
    instruction *split = emit(p, start, SPLIT);
    split->first = 1;
    split->second = length + (sign == '*' ? 2 : 1);
    if (sign == '*')
        emit(p, p->count, JUMP)->first = -(length + 1);
}

static void alternatives(program *p)
{
    int start = p->count, jumps[DEEPEST], n = 0;
    if (++p->depth > DEEPEST)
        p->wrong = true;
    while (!p->wrong) {
        while (*p->at && *p->at != '|' && *p->at != ')' && !p->wrong)
            repeated(p);
        if (*p->at != '|' || p->wrong)
            break;
        p->at++;
        p->wrong = n == DEEPEST;
        instruction *split = emit(p, start, SPLIT);
        split->first = 1;
        split->second = p->count - start + 1;
        emit(p, p->count, JUMP);
        if (!p->wrong)
            jumps[n++] = p->count - 1;
        start = p->count;
    }
    for (int i = 0; i < n && !p->wrong; i++)
        p->code[jumps[i]].first = p->count - jumps[i];
    p->depth--;
}

static bool compile(program *p, const char *pattern)
{
    *p = (program){.pattern = pattern, .at = pattern};
    alternatives(p);
    emit(p, p->count, DONE);
    return !p->wrong && !*p->at;
}

bool cn_path_check(const char *pattern)
{
    program p;
    return compile(&p, pattern) ||
           cn_fail(CN_EUNSUPPORTED, "not supported: the pattern '%s'", pattern);
}

/* Adds a place and all that are reached from it without taking a byte. */
static void reach(const program *p, bool *on, int place, bool first, bool last)
{
    int stack[2 * MOST + 2], n = 0;
    stack[n++] = place;
    while (n) {
        int at = stack[--n];
        const instruction *i = &p->code[at];
        if (on[at])
            continue;
        on[at] = true;
        if (i->kind == SPLIT)
            stack[n++] = at + i->second;
        if (i->kind == SPLIT || i->kind == JUMP)
            stack[n++] = at + i->first;
        else if ((i->kind == START && first) || (i->kind == END && last))
            stack[n++] = at + 1;
    }
}

static bool run(const program *p, const char *path, bool anywhere)
{
    bool on[MOST] = {false};
    for (const char *at = path;; at++) {
        if (at == path || anywhere)
            reach(p, on, 0, at == path, !*at);
        if (on[p->count - 1] && (anywhere || !*at))
            return true;
        if (!*at)
            return false;
        bool next[MOST] = {false};
        unsigned char c = (unsigned char)*at;
        for (int i = 0; i < p->count; i++)
            if (on[i] && p->code[i].kind == SET && p->code[i].set[c >> 5] >> (c & 31) & 1)
                reach(p, next, i + 1, false, !at[1]);
        memcpy(on, next, sizeof on);
    }
}

bool cn_path_search(const char *pattern, const char *path)
{
    program p;
    return compile(&p, pattern) && run(&p, path, true);
}

bool cn_path_match(const char *pattern, const char *path)
{
    program p;
    return compile(&p, pattern) && run(&p, path, false);
}
