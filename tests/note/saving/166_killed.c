/* A training (shuffling, dropout, metrics, callbacks with a memory, a moving average) that is
 * killed again and again, at any moment, and started again with the same command: it goes on from
 * its backup, and ends with the same bits as one that nobody disturbed. */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

enum { N = 160, EPOCHS = 6, STEPS = 16, KILLS = 30 };

/* An own callback with a memory: the mean of the losses so far. */
static struct {
    int64_t batches;
    double sum;
} seen;

static bool on_batch(cn_model *model, int64_t batch, cn_logs *logs, void *user)
{
    (void)model, (void)batch, (void)user;
    seen.batches++;
    seen.sum += cn_logs_get(logs, "loss");
    return true;
}

static bool remember(cn_model *model, cn_state *state, void *user)
{
    (void)model, (void)user;
    return cn_state_int(state, "batches", &seen.batches) && cn_state_float(state, "sum", &seen.sum);
}

/* What the user's program does, started how often it may be. */
static int train(const char *name)
{
    char folder[100], weights[100], record[100], checkpoint[100];
    snprintf(folder, sizeof folder, "%s/backup", name);
    snprintf(weights, sizeof weights, "%s.weights.h5", name);
    snprintf(record, sizeof record, "%s.csv", name);
    snprintf(checkpoint, sizeof checkpoint, "%s.keras", name);
    cn_set_random_seed(5);
    cn_tensor *x = cn_reshape(cn_sin(cn_arange(0, N * 3, 1, CN_FLOAT32)), cn_shape(N, 3));
    cn_dataset *data = cn_from_arrays(x, cn_cos(cn_sum(x, {1}, .keepdims = true)));
    cn_model *model = cn_sequential(cn_input(3), cn_dense(16, .activation = "relu"),
                                    cn_batch_normalization(), cn_dropout(0.4), cn_dense(1));
    cn_compile(model, "adam(0.02)", .loss = {"mse"}, .metrics = {"mae"});
    cn_ema *ema = cn_ema_new(model, 0.99);
    cn_history *history = cn_fit(
        model, data, .epochs = EPOCHS, .batch_size = 8, .verbose = 0, .validation_split = 0.2,
        .callbacks = {{cn_backup_and_restore(folder, .save_freq = 3),
                       cn_model_checkpoint(checkpoint, .save_freq = 5),
                       cn_reduce_lr_on_plateau(.monitor = "val_loss", .patience = 1),
                       cn_early_stopping(.patience = 20, .restore_best_weights = true),
                       cn_callback(.on_train_batch_end = on_batch, .state = remember)}});
    CHECK(seen.batches == EPOCHS * STEPS);
    CHECK(cn_history_epochs(history) == EPOCHS);
    CHECK(cn_ema_updates(ema) == EPOCHS * STEPS);
    CHECK(!note_exists(folder)); /* it is gone when all is done */
    cn_history_save(history, record);
    FILE *file = fopen(record, "a");
    fprintf(file, "%.17g\n", seen.sum);
    fclose(file);
    return !cn_save_weights(model, weights, .include_optimizer = true);
}

static bool same_bytes(const char *a, const char *b)
{
    FILE *one = fopen(a, "rb"), *two = fopen(b, "rb");
    int c = 0, d = 0;
    while (one && two && c == d && c != EOF)
        c = fgetc(one), d = fgetc(two);
    if (one)
        fclose(one);
    if (two)
        fclose(two);
    return c == EOF && d == EOF;
}

/* Starts the program, and kills it after so many microseconds (0: never). Has it come to its end?
 */
static bool start(const char *program, const char *name, unsigned microseconds)
{
    pid_t child = fork();
    if (!child) {
        execl(program, program, name, (char *)NULL);
        _exit(127);
    }
    int status;
    if (microseconds) {
        nanosleep(&(struct timespec){.tv_nsec = microseconds * 1000L}, NULL);
        kill(child, SIGKILL);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFEXITED(status);
}

/* A training that is killed often, and at last comes to its end: how often there was a backup. A
 * life is at most that share of `whole`, the time that a calm one takes, and grows. */
static int kill_often(const char *program, double whole, double share)
{
    int killed = 0, interrupted = 0;
    while (killed < KILLS) {
        /* short lives, so that many end in the midst of things */
        unsigned limit = (unsigned)(whole * (share + 0.01 * killed));
        if (start(program, "killed", 1 + (unsigned)rand() % (limit < 900000 ? limit : 900000)))
            break;
        killed++;
        if (note_exists("killed.keras")) { /* whichever one it is, it is whole */
            cn_model *model = cn_load_model("killed.keras");
            CHECK(cn_iterations(model->optimizer) % 5 == 0);
        }
        interrupted += note_exists("killed/backup/latest.weights.h5");
    }
    CHECK(start(program, "killed", 0));
    printf("killed %d times, %d of them with a backup\n", killed, interrupted);
    return interrupted;
}

int main(int argc, char **argv)
{
    cn_on_error(cn_die);
    if (argc > 1)
        return train(argv[1]);
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    CHECK(start(argv[0], "calm", 0));
    clock_gettime(CLOCK_MONOTONIC, &end);
    double whole =
        (double)(end.tv_sec - begin.tv_sec) * 1e6 + (double)(end.tv_nsec - begin.tv_nsec) / 1e3;
    srand(7);
    /* A machine that was slow for the calm one may be fast now: then once more, with shorter lives.
     */
    int interrupted = 0;
    for (double share = 0.3; share > 0.01 && interrupted <= 2; share /= 2)
        interrupted = kill_often(argv[0], whole, share);
    CHECK(interrupted > 2);
    CHECK(same_bytes("calm.weights.h5", "killed.weights.h5"));
    CHECK(same_bytes("calm.csv", "killed.csv"));
}
