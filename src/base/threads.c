/* One word per worker says all there is to say between it and the thread that owns the running
 * loop:
 *
 *     IDLE -> READY       owner: there is work (wakes the worker if the word was ASLEEP)
 *     READY -> RUNNING    worker: I take part
 *     READY -> IDLE       owner: too late, all pieces are taken; who is slow to wake costs nothing
 *     RUNNING -> IDLE     worker: done (wakes the owner if the word was AWAITED)
 *     IDLE -> ASLEEP,
 *     RUNNING -> AWAITED  worker or owner has waited long enough and sleeps on the word
 */
#include "base/denormals.h"
#include "base/threads.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/fault.h"
#include "base/scratch.h"
#include "cornu/config.h"

#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#endif

enum { MAX_THREADS = 256, STACK = (1 << 20) + CN_SCRATCH + CN_SCRATCH_SPLIT + CN_MEM_PAGE };
/* As long as loops that follow each other are apart. Who sleeps where processors are shared gives
 * his own away until the system looks again, for milliseconds. */
enum { SPIN_NS = 200000 };
enum { IDLE, ASLEEP, READY, RUNNING, AWAITED, QUIT };

typedef struct worker {
    alignas(64) atomic_int word;
    atomic_int processor; /* where it took part last */
    pthread_t thread;
} worker;

/* The pieces of one who takes part: those before `end` from `next` on nobody has taken yet. */
typedef struct share {
    alignas(64) atomic_size_t next;
    size_t end;
} share;

static struct {
    worker workers[MAX_THREADS - 1];
    int started;        /* workers[0 .. started) run */
    atomic_bool few;    /* one could not be started: no more are tried until somebody asks */
    atomic_bool owned;  /* a loop is running, or the pool is closed for good */
    atomic_bool forked; /* this process is a child: the workers stayed with the parent */
    cn_loop body;       /* the running loop, from here on */
    void *context;
    size_t n, grain;
    int parties;               /* who takes part: the owner, then the workers */
    atomic_int processor;      /* where the owner started it */
    share shares[MAX_THREADS]; /* one for each of them */
} pool; /* all zero at first, so that it takes no room in the library's file */

static atomic_int asked_for;      /* by cn_set_num_threads; 0: nobody asked */
static _Thread_local bool inside; /* this thread runs a body */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int default_threads;

/* Waiting. */

#ifdef __linux__
static void sleep_on(atomic_int *word, int value)
{
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void wake(atomic_int *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}
#else
static pthread_mutex_t bed = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t alarm_bell = PTHREAD_COND_INITIALIZER;

static void sleep_on(atomic_int *word, int value)
{
    pthread_mutex_lock(&bed);
    while (atomic_load(word) == value)
        pthread_cond_wait(&alarm_bell, &bed);
    pthread_mutex_unlock(&bed);
}

static void wake(atomic_int *word)
{
    (void)word;
    pthread_mutex_lock(&bed);
    pthread_cond_broadcast(&alarm_bell);
    pthread_mutex_unlock(&bed);
}
#endif

static void pause_briefly(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Below 0 where the system does not say. */
static int processor_here(void)
{
#ifdef __linux__
    return sched_getcpu();
#else
    return -1;
#endif
}

/* Only who runs elsewhere can change a word while this thread spins. */
static bool runs_here(const atomic_int *processor)
{
    int here = processor_here();
    return here >= 0 && here == atomic_load_explicit(processor, memory_order_relaxed);
}

/* Returns once *word is no longer `value`; sleeps, with the word set to `sleeping`, when that takes
 * long, or when who changes it needs this thread's own `processor`. */
static void wait_while(atomic_int *word, int value, int sleeping, const atomic_int *processor)
{
    int64_t end = cn_nanoseconds() + SPIN_NS;
    do {
        if (runs_here(processor))
            break;
        for (int i = 0; i < 16; i++) {
            if (atomic_load_explicit(word, memory_order_acquire) != value)
                return;
            pause_briefly();
        }
    } while (cn_nanoseconds() < end);
    int expected = value;
    if (!atomic_compare_exchange_strong(word, &expected, sleeping))
        return;
    while (atomic_load_explicit(word, memory_order_acquire) == sleeping)
        sleep_on(word, sleeping);
}

/* Working. */

static void run_piece(size_t i)
{
    size_t begin = i * pool.grain, left = pool.n - begin;
    pool.body(pool.context, begin, begin + (left < pool.grain ? left : pool.grain));
}

/* First one's own pieces, then those that others have left. */
static void run_pieces(int me)
{
    inside = true;
    for (int k = 0; k < pool.parties; k++) {
        share *s = &pool.shares[(me + k) % pool.parties];
        for (;;) {
            size_t i = atomic_fetch_add_explicit(&s->next, 1, memory_order_relaxed);
            if (i >= s->end)
                break;
            run_piece(i);
        }
    }
    inside = false;
}

/* The same range of a loop falls to the same thread each time: its caches hold it from the last
 * loop. */
static void share_out(size_t pieces, int parties)
{
    pool.parties = parties;
    for (int i = 0; i < parties; i++) {
        pool.shares[i].end = pieces * (size_t)(i + 1) / (size_t)parties;
        atomic_store_explicit(&pool.shares[i].next, pieces * (size_t)i / (size_t)parties,
                              memory_order_relaxed);
    }
}

static void *work(void *arg)
{
    char room[CN_SCRATCH + CN_SCRATCH_SPLIT + CN_MEM_PAGE];
    char *scratch = room + (-(uintptr_t)room & (CN_MEM_PAGE - 1));
    worker *me = arg;
    cn_mem_want_large_pages(scratch, CN_SCRATCH + CN_SCRATCH_SPLIT);
    cn_flush_denormals(); /* as the threads that wait for it do */
    cn_scratch_lend(scratch);
    for (;;) {
        wait_while(&me->word, IDLE, ASLEEP, &pool.processor);
        int expected = READY;
        if (atomic_compare_exchange_strong(&me->word, &expected, RUNNING)) {
            atomic_store_explicit(&me->processor, processor_here(), memory_order_relaxed);
            run_pieces((int)(me - pool.workers) + 1);
            if (atomic_exchange(&me->word, IDLE) == AWAITED)
                wake(&me->word);
        } else if (expected == QUIT) {
            return NULL;
        }
    }
}

/* Starting and stopping. */

static int usable_processors(void)
{
#if defined(__linux__) && defined(CPU_COUNT)
    cpu_set_t set;
    if (!sched_getaffinity(0, sizeof set, &set) && CPU_COUNT(&set) > 0)
        return CPU_COUNT(&set);
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

static void in_child(void)
{
    atomic_store(&pool.forked, true);
}

static void prepare(void)
{
    const char *text = getenv("CORNU_NUM_THREADS");
    long count = text ? strtol(text, NULL, 10) : 0;
    if (count <= 0)
        count = usable_processors();
    default_threads = count < MAX_THREADS ? (int)count : MAX_THREADS;
    pthread_atfork(NULL, NULL, in_child);
}

int cn_num_threads(void)
{
    pthread_once(&once, prepare);
    int asked = atomic_load_explicit(&asked_for, memory_order_relaxed);
    return inside ? 1 : asked ? asked : default_threads;
}

void cn_set_num_threads(int count)
{
    if (count < 0) {
        cn_fail(CN_EINVAL, "cn_set_num_threads: expected count >= 0. Received: count=%d", count);
        return;
    }
    atomic_store(&asked_for, count < MAX_THREADS ? count : MAX_THREADS);
    atomic_store(&pool.few, false);
}

/* A worker takes no signals: those are for the program's own threads. */
static bool start_worker(worker *w)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    if (pthread_attr_init(&attributes))
        return false;
    pthread_attr_setstacksize(&attributes, STACK);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool ok = !cn_refused(CN_FAULT_THREAD) && !pthread_create(&w->thread, &attributes, work, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return ok;
}

/* How many of `count` workers there are, after starting those that are missing. */
static int start_workers(int count)
{
    while (pool.started < count && !atomic_load_explicit(&pool.few, memory_order_relaxed)) {
        if (start_worker(&pool.workers[pool.started]))
            pool.started++;
        else
            atomic_store(&pool.few, true);
    }
    return count < pool.started ? count : pool.started;
}

/* At the program's end, unless a loop is still running somewhere; later loops run serially. */
__attribute__((destructor)) static void stop_workers(void)
{
    if (inside || atomic_load(&pool.forked) || atomic_exchange(&pool.owned, true))
        return;
    for (int i = 0; i < pool.started; i++)
        if (atomic_exchange(&pool.workers[i].word, QUIT) == ASLEEP)
            wake(&pool.workers[i].word);
    for (int i = 0; i < pool.started; i++)
        pthread_join(pool.workers[i].thread, NULL);
    pool.started = 0;
}

/* Looping. */

static void run_alone(size_t n, size_t grain, cn_loop body, void *context)
{
    for (size_t begin = 0; begin < n;) {
        size_t end = n - begin < grain ? n : begin + grain;
        body(context, begin, end);
        begin = end;
    }
}

static void call_workers(int count)
{
    for (int i = 0; i < count; i++)
        if (atomic_exchange(&pool.workers[i].word, READY) == ASLEEP)
            wake(&pool.workers[i].word);
}

/* All pieces are taken: waits for those that still run one. */
static void dismiss_workers(int count)
{
    for (int i = 0; i < count; i++) {
        int expected = READY;
        if (!atomic_compare_exchange_strong(&pool.workers[i].word, &expected, IDLE))
            wait_while(&pool.workers[i].word, RUNNING, AWAITED, &pool.workers[i].processor);
    }
}

void cn_parallel_for(size_t n, size_t grain, cn_loop body, void *context)
{
    if (!grain)
        grain = 1;
    int threads = n > grain && !inside ? cn_num_threads() : 1;
    if (threads < 2 || atomic_load_explicit(&pool.forked, memory_order_relaxed) ||
        atomic_exchange_explicit(&pool.owned, true, memory_order_acquire)) {
        run_alone(n, grain, body, context);
        return;
    }
    size_t pieces = (n - 1) / grain + 1;
    if ((size_t)threads > pieces)
        threads = (int)pieces;
    atomic_store_explicit(&pool.processor, processor_here(), memory_order_relaxed);
    pool.body = body;
    pool.context = context;
    pool.n = n;
    pool.grain = grain;
    int workers = start_workers(threads - 1);
    share_out(pieces, workers + 1);
    call_workers(workers);
    run_pieces(0);
    dismiss_workers(workers);
    atomic_store_explicit(&pool.owned, false, memory_order_release);
}
