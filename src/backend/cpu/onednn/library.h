/* oneDNN, where the system has it: looked for when it is first wanted; nothing of it is needed to
 * build. What differs between its versions 2 and 3, how things are described, is hidden here. Its
 * functions return 0, or a reason why not, which nobody asks for: who cannot be served computes
 * himself. */
#ifndef CN_BACKEND_CPU_ONEDNN_LIBRARY_H
#define CN_BACKEND_CPU_ONEDNN_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Its numbers, the same in both versions. */
enum {
    CN_DNNL_SRC = 1, /* arguments of a primitive; a reorder goes from SRC to DST */
    CN_DNNL_DST = 17,
    CN_DNNL_WEIGHTS = 33,
    CN_DNNL_BIAS = 41,
    CN_DNNL_SCRATCHPAD = 80,
    CN_DNNL_WEIGHTS_DESC = 131, /* questions to a primitive's description */
    CN_DNNL_SCRATCHPAD_DESC = 136,
};

typedef struct cn_dnnl_arg {
    int arg;
    void *memory;
} cn_dnnl_arg;

/* desc: how an array lies in memory; plan: what a primitive is made of. */
typedef struct cn_dnnl {
    void *engine, *attr; /* attr: scratchpads are the caller's */
    int (*memory_create)(void **memory, const void *desc, void *engine, void *data);
    int (*memory_destroy)(void *memory);
    size_t (*desc_size)(const void *desc);
    const void *(*query)(const void *plan, int what, int index);
    int (*primitive_create)(void **primitive, const void *plan);
    int (*primitive_destroy)(void *primitive);
    int (*plan_destroy)(void *plan);
    int (*reorder)(void **plan, const void *from, void *from_engine, const void *to,
                   void *to_engine, const void *attr);
    int (*stream_create)(void **stream, void *engine, unsigned flags);
    int (*stream_destroy)(void *stream);
    int (*execute)(const void *primitive, void *stream, int count, const cn_dnnl_arg *args);
} cn_dnnl;

/* NULL: there is none that serves, or nobody asked for it by CORNU_ONEDNN=1. CORNU_ONEDNN_LIBRARY
 * names another file than the system's. */
const cn_dnnl *cn_dnnl_get(void);

/* As long as a thread is inside, the library runs on that thread alone. Returns what cn_dnnl_leave
 * wants. */
int cn_dnnl_enter(void);
void cn_dnnl_leave(int threads);

/* How floats lie in memory: `size` elements, `step` apart, along each axis; step NULL: as the
 * primitive likes them best. */
enum { CN_DNNL_AXES = 4 }; /* batch, channels, height, width */
typedef struct cn_dnnl_desc {
    void *at; /* for the functions above */
    _Alignas(16) char room[1024];
} cn_dnnl_desc;
bool cn_dnnl_describe(cn_dnnl_desc *desc, int axes, const int64_t *size, const int64_t *step);
void cn_dnnl_forget(cn_dnnl_desc *desc);

/* The plan of a convolution forward, or NULL; height and width of strides and paddings; bias may be
 * NULL. */
void *cn_dnnl_convolution(const void *x, const void *w, const void *bias, const void *y,
                          const int64_t *stride, const int64_t *before, const int64_t *after);

#endif
