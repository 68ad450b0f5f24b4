#include "base/threads.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scratch.h"
#include "base/test.h"
#include "cornu/config.h"
#include "cornu/error.h"

enum { MOST = 1000 };

typedef struct log {
    size_t n, grain;
    atomic_int visits[MOST];
    atomic_int
        wrong; /* pieces that do not start at a multiple of the grain or have a wrong length */
} log;

static void visit(void *context, size_t begin, size_t end)
{
    log *l = context;
    bool whole = end - begin == l->grain || end == l->n;
    if (begin % l->grain || begin >= end || !whole)
        atomic_fetch_add(&l->wrong, 1);
    for (size_t i = begin; i < end; i++)
        atomic_fetch_add(&l->visits[i], 1);
}

static bool covers(size_t n, size_t grain)
{
    static log l;
    memset(&l, 0, sizeof l);
    l.n = n;
    l.grain = grain;
    cn_parallel_for(n, grain, visit, &l);
    for (size_t i = 0; i < MOST; i++)
        if (l.visits[i] != (i < n))
            return false;
    return !l.wrong;
}

TEST(threads_visit_each_index_once)
{
    static const size_t sizes[] = {0, 1, 2, 3, 7, 16, 97, 1000}, grains[] = {1, 2, 5, 64, 2000};
    for (int threads = 1; threads <= 4; threads++) {
        cn_set_num_threads(threads);
        CHECK(cn_num_threads() == threads);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            for (size_t j = 0; j < sizeof grains / sizeof *grains; j++)
                CHECK(covers(sizes[i], grains[j]));
    }
    cn_set_num_threads(0);
    CHECK(cn_num_threads() >= 1);
}

TEST(threads_many_short_loops)
{
    cn_set_num_threads(3);
    for (int i = 0; i < 2000; i++) {
        REQUIRE(covers(6, 2));
        if (i % 500 == 0)
            usleep(2000); /* long enough for the workers to fall asleep */
    }
    cn_set_num_threads(0);
}

/* Some wait on the processor of the one they wait for. */
TEST(threads_more_than_processors)
{
    cn_set_num_threads(40);
    for (int i = 0; i < 200; i++)
        REQUIRE(covers(120, 1));
    cn_set_num_threads(0);
}

TEST(threads_refuse_a_negative_count)
{
    cn_set_num_threads(-1);
    check_error("cn_set_num_threads: expected count >= 0. Received: count=-1");
}

static void nest(void *context, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++)
        cn_parallel_for(10, 1, visit, (log *)context);
}

TEST(threads_nested_loops_run)
{
    static log l;
    memset(&l, 0, sizeof l);
    l.n = 10;
    l.grain = 1;
    cn_set_num_threads(3);
    cn_parallel_for(20, 1, nest, &l);
    for (int i = 0; i < 10; i++)
        CHECK(l.visits[i] == 20);
    CHECK(!l.wrong);
    cn_set_num_threads(0);
}

static void add_one(void *context, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++)
        ((int *)context)[i]++;
}

static void *loop_often(void *context)
{
    for (int i = 0; i < 300; i++)
        cn_parallel_for(MOST, 100, add_one, context);
    return context;
}

TEST(threads_several_callers)
{
    static int counts[3][MOST];
    pthread_t callers[3];
    memset(counts, 0, sizeof counts);
    cn_set_num_threads(3);
    for (int i = 0; i < 3; i++)
        REQUIRE(!pthread_create(&callers[i], NULL, loop_often, counts[i]));
    for (int i = 0; i < 3; i++)
        pthread_join(callers[i], NULL);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < MOST; j++)
            REQUIRE(counts[i][j] == 300);
    cn_set_num_threads(0);
}

TEST(threads_survive_fork)
{
    cn_set_num_threads(2);
    REQUIRE(covers(100, 3));
    pid_t child = fork();
    if (!child)
        _exit(covers(1000, 3) && covers(10, 1) ? 0 : 1);
    int status = -1;
    REQUIRE(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(covers(100, 3));
    cn_set_num_threads(0);
}

static void use_scratch(void *context, size_t begin, size_t end)
{
    char *block = cn_scratch();
    if (!block || (size_t)block % 64)
        atomic_fetch_add((atomic_int *)context, 1);
    memset(block, (int)(end - begin), CN_SCRATCH);
}

TEST(threads_each_have_scratch)
{
    atomic_int wrong = 0;
    REQUIRE(cn_scratch() != NULL);
    CHECK(cn_scratch() == cn_scratch());
    cn_set_num_threads(3);
    cn_parallel_for(12, 1, use_scratch, &wrong);
    CHECK(!wrong);
    cn_set_num_threads(0);
}
