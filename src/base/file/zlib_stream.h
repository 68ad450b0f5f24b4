/* What we call of zlib, declared here so that building needs no zlib.h: its stream has had this
 * layout since 1.0, and inflateInit2_ checks version and size when it is called. */
#ifndef CN_BASE_ZLIB_STREAM_H
#define CN_BASE_ZLIB_STREAM_H

typedef struct cn_zlib_stream {
    const unsigned char *next_in;
    unsigned avail_in;
    unsigned long total_in;
    unsigned char *next_out;
    unsigned avail_out;
    unsigned long total_out;
    const char *msg;
    void *state;
    void *(*zalloc)(void *opaque, unsigned items, unsigned size);
    void (*zfree)(void *opaque, void *address);
    void *opaque;
    int data_type;
    unsigned long adler, reserved;
} cn_zlib_stream;

#endif
