#include "base/inflate.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/file/zlib_stream.h"

enum { Z_OK = 0, Z_STREAM_END = 1, Z_BUF_ERROR = -5 };

static struct {
    int (*init)(cn_zlib_stream *stream, int window_bits, const char *version, int stream_size);
    int (*inflate)(cn_zlib_stream *stream, int flush);
    int (*reset)(cn_zlib_stream *stream);
    int (*end)(cn_zlib_stream *stream);
    bool found;
} zlib;

static pthread_once_t loaded = PTHREAD_ONCE_INIT;
static atomic_bool missing;

/* C has no conversion from what dlsym returns to a function: the bytes are copied, as POSIX
 * advises. */
static bool find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);
    memcpy(function, &symbol, sizeof symbol);
    return symbol != NULL;
}

static void load(void)
{
    static const char *const names[] = {"libz.so.1", "libz.so", "libz.1.dylib", "libz.dylib"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !zlib.found; i++) {
        void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (!library)
            continue;
        zlib.found =
            find(library, "inflateInit2_", &zlib.init) && find(library, "inflate", &zlib.inflate) &&
            find(library, "inflateReset", &zlib.reset) && find(library, "inflateEnd", &zlib.end);
        if (!zlib.found)
            dlclose(library);
    }
}

void cn_inflate_pretend_missing(bool pretend)
{
    atomic_store(&missing, pretend);
}

static void *allocate(void *opaque, unsigned items, unsigned size)
{
    (void)opaque;
    return cn_mem_calloc(items, size);
}

static void release(void *opaque, void *address)
{
    (void)opaque;
    cn_mem_free(address);
}

typedef struct inflater {
    cn_zlib_stream stream;
    cn_inflate_kind kind;
    const unsigned char *data; /* what is left to read */
    size_t left;
} inflater;

static bool start(inflater *s, cn_inflate_kind kind, const void *data, size_t size)
{
    static const int window_bits[] = {-15, 15, 15 + 16};
    pthread_once(&loaded, load);
    if (!zlib.found || atomic_load(&missing))
        return cn_fail(CN_EUNSUPPORTED,
                       "not supported: deflated data needs zlib (libz.so.1), which was "
                       "not found");
    *s = (inflater){.kind = kind, .data = data, .left = size};
    s->stream.zalloc = allocate;
    s->stream.zfree = release;
    if (zlib.init(&s->stream, window_bits[kind], "1.2.3", (int)sizeof s->stream) == Z_OK)
        return true;
    return cn_fail(CN_EUNSUPPORTED, "not supported: deflated data by this version of zlib");
}

/* A member has ended: goes to the next where there is one. Zeros may fill up the file. */
static bool next_member(inflater *s, bool *more)
{
    *more = false;
    if (s->kind != CN_INFLATE_GZIP)
        return true;
    while (s->left && !*s->data) {
        s->data++;
        s->left--;
    }
    if (!s->left)
        return true;
    if (s->left < 2 || s->data[0] != 0x1F || s->data[1] != 0x8B || zlib.reset(&s->stream) != Z_OK)
        return cn_fail(CN_EFORMAT, "gzip data: expected the end, found %zu more bytes", s->left);
    *more = true;
    return true;
}

/* One call of zlib, whose counts are of 32 bits. */
static int advance(inflater *s, unsigned char *out, size_t room, size_t *used, size_t *made)
{
    enum { PIECE = 1 << 30 };
    unsigned in = s->left < PIECE ? (unsigned)s->left : PIECE;
    unsigned space = room < PIECE ? (unsigned)room : PIECE;
    s->stream.next_in = s->data;
    s->stream.avail_in = in;
    s->stream.next_out = out;
    s->stream.avail_out = space;
    int status = zlib.inflate(&s->stream, 0);
    *used = in - s->stream.avail_in;
    *made = space - s->stream.avail_out;
    s->data += *used;
    s->left -= *used;
    return status;
}

/* Writes until `room` is full or the data has ended, which `*done` tells. */
static bool produce(inflater *s, unsigned char *out, size_t room, size_t *total, bool *done)
{
    bool more = true;
    size_t used, made;
    *total = 0;
    while (more) {
        int status = advance(s, out + *total, room - *total, &used, &made);
        *total += made;
        if (status == Z_STREAM_END) {
            if (!next_member(s, &more))
                return false;
        } else if (status == Z_BUF_ERROR || (status == Z_OK && !used && !made)) {
            if (*total == room)
                break;
            return cn_fail(CN_EFORMAT, "deflated data: cut short after %zu bytes", *total);
        } else if (status != Z_OK) {
            return cn_fail(CN_EFORMAT, "deflated data: damaged (%s)",
                           s->stream.msg ? s->stream.msg : "no reason given");
        }
    }
    *done = !more;
    return true;
}

bool cn_inflate(cn_inflate_kind kind, const void *data, size_t size, void *out, size_t out_size)
{
    inflater s;
    size_t total;
    bool done = false;
    unsigned char none;
    if (!start(&s, kind, data, size))
        return false;
    bool ok = produce(&s, out_size ? out : &none, out_size, &total, &done);
    zlib.end(&s.stream);
    if (!ok)
        return false;
    if (!done)
        return cn_fail(CN_EFORMAT, "deflated data: expected %zu bytes, found more", out_size);
    return total == out_size ||
           cn_fail(CN_EFORMAT, "deflated data: expected %zu bytes, found %zu", out_size, total);
}

/* Makes room for more output: twice as much as before, never more than the limit. */
static bool grow(unsigned char **out, size_t *capacity, size_t limit)
{
    size_t wanted = *capacity ? *capacity : 4096;
    wanted = wanted <= limit / 2 ? 2 * wanted : limit;
    unsigned char *block = cn_mem_realloc(*out, wanted, 1);
    if (!block)
        return false;
    *out = block;
    *capacity = wanted;
    return true;
}

static bool produce_all(inflater *s, unsigned char **out, size_t limit, size_t *size)
{
    size_t capacity = 0, made;
    bool done = false;
    *size = 0;
    while (!done) {
        if (*out && *size == limit)
            return cn_fail(CN_EFORMAT, "deflated data: expected at most %zu bytes, found more",
                           limit);
        if (!grow(out, &capacity, limit) ||
            !produce(s, *out + *size, capacity - *size, &made, &done))
            return false;
        *size += made;
    }
    return true;
}

unsigned char *cn_inflate_all(cn_inflate_kind kind, const void *data, size_t size, size_t limit,
                              size_t *out_size)
{
    inflater s;
    unsigned char *out = NULL;
    if (!start(&s, kind, data, size))
        return NULL;
    bool ok = produce_all(&s, &out, limit, out_size);
    zlib.end(&s.stream);
    if (ok)
        return out;
    cn_mem_free(out);
    return NULL;
}
