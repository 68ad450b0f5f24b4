#include "backend/cpu/onednn/library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { F32 = 3, ANY = 1, CPU = 1, FORWARD_INFERENCE = 96, DIRECT = 1, USER = 1, HOW = 8 };
enum { RUNTIME_SEQUENTIAL = 1, RUNTIME_OPENMP = 2 };

/* What dnnl_version() points to. */
typedef struct version {
    int major, minor, patch;
    const char *hash;
    unsigned cpu_runtime, gpu_runtime;
} version;

static cn_dnnl dnnl;

/* What is called here alone, in the order of `both` behind that of cn_dnnl, of `two` from conv2 on
 * or of `three` from `any` on, and of `openmp`. `desc` is where a description is or, since 3, goes.
 */
static struct {
    const version *(*version)(void);
    int (*engine_create)(void **engine, int kind, size_t index);
    int (*attr_create)(void **attr);
    int (*attr_scratchpad)(void *attr, int mode);
    int (*ask)(const void *plan, int what, int index, void *answer);
    int (*conv2)(void *conv, int kind, int algorithm, const void *x, const void *w,
                 const void *bias, const void *y, const int64_t *stride, const int64_t *before,
                 const int64_t *after);
    int (*plan2)(void **plan, const void *conv, const void *attr, void *engine, const void *hint);
    int (*any)(void *desc, int axes, const int64_t *size, int type, int tag);
    int (*strided)(void *desc, int axes, const int64_t *size, int type, const int64_t *step);
    int (*forget)(void *desc); /* since 3 */
    int (*conv3)(void **plan, void *engine, int kind, int algorithm, const void *x, const void *w,
                 const void *bias, const void *y, const int64_t *stride, const int64_t *dilation,
                 const int64_t *before, const int64_t *after, const void *attr);
    int (*get_threads)(void);
    void (*set_threads)(int count); /* of the calling thread's OpenMP */
} own;

static pthread_once_t looked = PTHREAD_ONCE_INIT;
static bool serves;

/* `names` end with an empty one; their functions go to `to` and behind. The bytes are copied since
 * C has no conversion from what dlsym returns to a function. */
static bool find(void *library, const char *prefix, const char *names, void *to)
{
    char name[64], *at = to;
    for (; *names; names += strlen(names) + 1, at += sizeof(void *)) {
        snprintf(name, sizeof name, "%s%s", prefix, names);
        void *found = dlsym(library, name);
        if (!found)
            return false;
        memcpy(at, &found, sizeof found);
    }
    return true;
}

static const char shared[] = "memory_create\0memory_destroy\0memory_desc_get_size\0"
                             "primitive_desc_query_md\0primitive_create\0primitive_destroy\0"
                             "primitive_desc_destroy\0reorder_primitive_desc_create\0"
                             "stream_create\0stream_destroy\0primitive_execute\0";
static const char both[] = "version\0engine_create\0primitive_attr_create\0"
                           "primitive_attr_set_scratchpad_mode\0primitive_desc_query\0";
static const char two[] = "convolution_forward_desc_init\0primitive_desc_create\0"
                          "memory_desc_init_by_tag\0memory_desc_init_by_strides\0";
static const char three[] = "memory_desc_create_with_tag\0memory_desc_create_with_strides\0"
                            "memory_desc_destroy\0convolution_forward_primitive_desc_create\0";
static const char openmp[] = "get_max_threads\0set_num_threads\0";

static bool find_all(void *library)
{
    if (!find(library, "dnnl_", shared, &dnnl.memory_create) ||
        !find(library, "dnnl_", both, &own.version))
        return false;
    const version *v = own.version();
    /* any other runtime brings threads that nobody here can keep still */
    if (v->cpu_runtime != RUNTIME_SEQUENTIAL &&
        (v->cpu_runtime != RUNTIME_OPENMP || !find(library, "omp_", openmp, &own.get_threads)))
        return false;
    return v->major == 2   ? find(library, "dnnl_", two, &own.conv2)
           : v->major == 3 ? find(library, "dnnl_", three, &own.any)
                           : false;
}

static void *open_library(const char *path)
{
    static const char names[] = "libdnnl.so.3\0libdnnl.so.2\0libdnnl.so\0";
    void *library = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    for (const char *name = names; !path && !library && *name; name += strlen(name) + 1)
        library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    return library;
}

static void load(void)
{
    const char *wish = getenv("CORNU_ONEDNN");
    if (!wish || strcmp(wish, "1") != 0)
        return;
    void *library = open_library(getenv("CORNU_ONEDNN_LIBRARY"));
    serves = library && find_all(library) && !own.engine_create(&dnnl.engine, CPU, 0) &&
             !own.attr_create(&dnnl.attr) && !own.attr_scratchpad(dnnl.attr, USER);
}

const cn_dnnl *cn_dnnl_get(void)
{
    pthread_once(&looked, load);
    return serves ? &dnnl : NULL;
}

int cn_dnnl_enter(void)
{
    int threads = own.get_threads ? own.get_threads() : 1;
    if (threads != 1)
        own.set_threads(1);
    return threads;
}

void cn_dnnl_leave(int threads)
{
    if (threads != 1)
        own.set_threads(threads);
}

bool cn_dnnl_describe(cn_dnnl_desc *desc, int axes, const int64_t *size, const int64_t *step)
{
    desc->at = desc->room;
    void *to = own.forget ? (void *)&desc->at : desc->room;
    bool ok = !(step ? own.strided(to, axes, size, F32, step) : own.any(to, axes, size, F32, ANY));
    if (!ok)
        desc->at = NULL;
    return ok;
}

void cn_dnnl_forget(cn_dnnl_desc *desc)
{
    if (own.forget && desc->at)
        own.forget(desc->at);
    desc->at = NULL;
}

void *cn_dnnl_convolution(const void *x, const void *w, const void *bias, const void *y,
                          const int64_t *stride, const int64_t *before, const int64_t *after)
{
    static const int64_t dense[2] = {0, 0};
    _Alignas(16) char conv[1 << 14]; /* what version 2 writes has 6 KB */
    void *plan = NULL;
    bool ok = own.conv3 ? !own.conv3(&plan, dnnl.engine, FORWARD_INFERENCE, DIRECT, x, w, bias, y,
                                     stride, dense, before, after, dnnl.attr)
                        : !own.conv2(conv, FORWARD_INFERENCE, DIRECT, x, w, bias, y, stride, before,
                                     after) &&
                              !own.plan2(&plan, conv, dnnl.attr, dnnl.engine, NULL);
    const char *how = NULL; /* "brgconv:avx512_core"; what is no such kernel is slow beyond use */
    if (ok && !own.ask(plan, HOW, 0, &how) && how && (strstr(how, "jit") || strstr(how, "brg")))
        return plan;
    if (plan)
        dnnl.plan_destroy(plan);
    return NULL;
}
