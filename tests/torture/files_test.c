/* Each step of writing a file is refused in turn, whatever writes it: the error names the file and
 * the reason, the file that was there stays whole, nothing is left beside it, and the model goes on
 * training. Steps done by half are no error. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/test.h"
#include "cli/cli.h"
#include "plan/profile_trace.h"

/* ---- files ---- */

typedef struct bytes {
    char *data;
    size_t size;
} bytes;

static bytes read_bytes(const char *path)
{
    cn_file_view view;
    bytes b = {0};
    if (!CHECK(cn_file_open(&view, path)))
        return b;
    b = (bytes){malloc(view.size + 1), view.size};
    memcpy(b.data, view.data, view.size);
    b.data[view.size] = 0;
    cn_file_close(&view);
    return b;
}

static bool same_bytes(const char *path, const bytes *want)
{
    bytes b = read_bytes(path);
    bool same = b.size == want->size && !memcmp(b.data, want->data, b.size);
    free(b.data);
    return same;
}

static void write_bytes(const char *path, const bytes *b, size_t size)
{
    FILE *file = fopen(path, "wb");
    REQUIRE(file);
    CHECK(fwrite(b->data, 1, size, file) == size && !fclose(file));
}

/* How many files there are in a folder. */
static int files_in(const char *folder)
{
    DIR *dir = opendir(folder);
    int count = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return count;
}

/* ---- what is written ---- */

static cn_dataset *data(void)
{
    static float x[12] = {0, 1, 0.5, 0.25, 1, 1, 0, 0, 0.5, 1, 1, 0}, y[4] = {1, 0, 1, 0};
    return cn_from_arrays(cn_array(x, CN_FLOAT32, cn_shape(4, 3)),
                          cn_array(y, CN_FLOAT32, cn_shape(4, 1)));
}

static cn_model *new_model(void)
{
    cn_model *m = cn_sequential(cn_input(3), cn_dense(2, .name = "a"), cn_dense(1, .name = "b"));
    return m && cn_compile(m, "adam", .loss = {"mse"}) ? m : NULL;
}

static cn_history *train(cn_model *m)
{
    return cn_fit(m, data(), .epochs = 2, .batch_size = 2, .verbose = 0);
}

static bool write_model(cn_model *m, const char *path)
{
    return cn_save(m, path);
}

static bool write_weights(cn_model *m, const char *path)
{
    return cn_save_weights(m, path);
}

static bool write_arrays(cn_model *m, const char *path)
{
    return cn_save_arrays(path, (cn_str[]){"a", "b", "c", "d"}, cn_weights(m));
}

static bool write_history(cn_model *m, const char *path)
{
    return cn_history_save(train(m), path);
}

static bool write_trace(cn_model *m, const char *path)
{
    cn_profile_row row = {.name = "matmul", .shapes = "float32(2, 3)", .layer = "a"};
    cn_profile_event events[3] = {{&row, 0, 7, 1}, {0}, {&row, 10, 5, 2}};
    (void)m;
    return cn_profile_trace(path, events, 3);
}

static bool write_picture(cn_model *m, const char *path)
{
    return cn_plot_model(m, path);
}

static bool read_model(cn_model *m, const char *path)
{
    (void)m;
    return cn_load_model(path) != NULL;
}

static bool read_weights(cn_model *m, const char *path)
{
    return cn_load_weights(m, path);
}

static bool read_arrays(cn_model *m, const char *path)
{
    (void)m;
    cn_arrays *arrays = cn_load_arrays(path);
    return cn_arrays_get(arrays, "a") && cn_arrays_get(arrays, "d");
}

static bool read_history(cn_model *m, const char *path)
{
    (void)m;
    bytes b = read_bytes(path);
    bool whole = b.size > 8 && strchr("\n.", b.data[b.size - 1]);
    free(b.data);
    return whole;
}

static bool read_picture(cn_model *m, const char *path)
{
    (void)m;
    bytes b = read_bytes(path);
    bool whole = b.size > 12 && !memcmp(b.data + b.size - 8, "IEND", 4);
    free(b.data);
    return whole;
}

/* `damage`: reading notices each missing byte. */
static const struct kind {
    const char *name;
    bool (*write)(cn_model *m, const char *path);
    bool (*read)(cn_model *m, const char *path);
    bool damage;
} kinds[] = {
    {"m.keras", write_model, read_model, true},
    {"m.h5", write_model, read_model, true},
    {"m.weights.h5", write_weights, read_weights, true},
    {"m.npz", write_arrays, read_arrays, true},
    {"m.csv", write_history, read_history, false},
    {"m.json", write_history, read_history, false},
    {"m.pkl", write_history, read_history, false},
    {"m.svg", write_picture, read_history, false},
    {"m.png", write_picture, read_picture, false},
    {"m.dot", write_picture, read_history, false},
    {"m.trace.json", write_trace, read_history, false},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* A folder for one file alone, and the path of that file. */
static void place(char path[300], char folder[300], const char *test, const char *name)
{
    snprintf(folder, 300, "%s", cn_test_path(test));
    mkdir(folder, 0777);
    snprintf(path, 300, "%.200s/%.90s", folder, name);
}

static void check_reason(const char *verb, const char *path, int error)
{
    char want[400];
    snprintf(want, sizeof want, "cannot %s '%s': %s", verb, path, strerror(error));
    CHECK(cn_error_code() == CN_EIO);
    check_error(want);
}

/* ---- writing ---- */

/* Returns false once there is no n-th step. */
static bool refuse_write(const struct kind *k, cn_model *m, const char *path, const bytes *old,
                         long n, int error)
{
    bool ok, seen;
    CN_SCOPE {
        cn_fault_at(CN_FAULT_WRITE, n, error);
        ok = k->write(m, path);
        seen = cn_fault_seen(CN_FAULT_WRITE);
        cn_fault_at(CN_FAULT_WRITE, -1, 0);
        CHECK(ok == !seen);
        if (seen)
            check_reason("write", path, error);
        if (!same_bytes(path, old)) /* only the folder's sync comes behind the rename */
            CHECK(k->read(m, path));
        CHECK(train(m));
    }
    return seen;
}

TEST(each_step_of_writing_is_refused)
{
    static const int errors[] = {ENOSPC, EIO, EROFS};
    char path[300], folder[300], name[40];
    for (int i = 0; i < KINDS; i++)
        CN_SCOPE {
            const struct kind *k = &kinds[i];
            cn_model *m = new_model();
            snprintf(name, sizeof name, "write_%s", k->name);
            place(path, folder, name, k->name);
            REQUIRE(train(m));
            for (int e = 0; e < 3; e++) {
                REQUIRE(k->write(m, path));
                bytes old = read_bytes(path);
                long n = 0, live = 0, whole = 0;
                for (; refuse_write(k, m, path, &old, n, errors[e]); n++) {
                    CHECK(files_in(folder) == 1);
                    if (!same_bytes(path, &old))
                        continue;
                    whole++;
                    live = live ? live : cn_mem_live();
                    CHECK(cn_mem_live() <= live);
                }
                CHECK(n >= 6 && whole >= n - 1);
                free(old.data);
            }
        }
}

TEST(steps_of_writing_done_by_half_are_gone_on_with)
{
    char path[300], folder[300];
    for (int i = 0; i < KINDS; i++)
        CN_SCOPE {
            const struct kind *k = &kinds[i];
            cn_model *m = new_model();
            place(path, folder, "half", k->name);
            REQUIRE(k->write(m, path));
            long n = 0;
            for (bool seen = true; seen; n += seen)
                CN_SCOPE {
                    cn_fault_at(CN_FAULT_SHORT, n, 0);
                    CHECK(k->write(m, path));
                    seen = cn_fault_seen(CN_FAULT_SHORT);
                    cn_fault_at(CN_FAULT_SHORT, -1, 0);
                    CHECK(k->read(m, path));
                }
            CHECK(n > 0);
        }
}

TEST(convert_tells_each_refused_step)
{
    char path[300], folder[300], other[300], want[500], *text;
    size_t size;
    place(path, folder, "convert", "new.keras");
    snprintf(other, sizeof other, "%s", cn_test_path("old.h5"));
    CN_SCOPE {
        REQUIRE(cn_save(new_model(), other));
        REQUIRE(cn_save(new_model(), path));
    }
    snprintf(want, sizeof want, "cornu: cannot write '%s': No space left on device\n", path);
    bytes old = read_bytes(path);
    long n = 0;
    for (bool seen = true; seen; n += seen) {
        FILE *err = open_memstream(&text, &size);
        REQUIRE(err);
        cn_fault_at(CN_FAULT_WRITE, n, ENOSPC);
        int status = run_command(3, (char *[]){"convert", other, path}, &(streams){stdout, err});
        seen = cn_fault_seen(CN_FAULT_WRITE);
        cn_fault_at(CN_FAULT_WRITE, -1, 0);
        fclose(err);
        CHECK(status == (seen ? BAD_INPUT : DONE));
        check_text(text, seen ? want : "");
        CHECK(files_in(folder) == 1);
        free(text);
    }
    CHECK(n >= 6 && !same_bytes(path, &old));
    free(old.data);
}

TEST(commands_name_the_file_they_cannot_read)
{
    char *text, path[300], spec[310], want[400];
    size_t size;
    snprintf(path, sizeof path, "%s", cn_test_path("missing.json"));
    snprintf(spec, sizeof spec, "@%s", path);
    snprintf(want, sizeof want, "cornu: cannot read '%s': No such file or directory\n", path);
    FILE *err = open_memstream(&text, &size);
    REQUIRE(err);
    char *words[] = {"evaluate", "m.keras", "--data", "x.npz", "--loss", spec};
    CHECK(run_command(6, words, &(streams){stdout, err}) == BAD_INPUT);
    fclose(err);
    check_text(text, want);
    free(text);
}

/* ---- callbacks ---- */

static bool fit_with(cn_model *m, cn_callback *callback)
{
    return cn_fit(m, data(), .epochs = 2, .batch_size = 2, .verbose = 0, .callbacks = {callback});
}

/* Whole lines, the header first. */
static void check_log(const char *path)
{
    bytes b = read_bytes(path);
    CHECK(!b.size ||
          (b.size > 6 && !memcmp(b.data, "epoch,", 6) && !memcmp(b.data + b.size - 2, "\r\n", 2)));
    free(b.data);
}

TEST(csv_logger_takes_half_lines_back)
{
    char path[300], folder[300], want[400];
    place(path, folder, "csv", "log.csv");
    snprintf(want, sizeof want, "CSVLogger: cannot write '%s': %s", path, strerror(ENOSPC));
    long n = 0;
    for (bool seen = true; seen; n += seen)
        CN_SCOPE {
            cn_model *m = new_model();
            cn_fault_at(CN_FAULT_SHORT, n ? n - 1 : 0, 0); /* and then the rest is refused */
            cn_fault_at(CN_FAULT_WRITE, n, ENOSPC);
            bool ok = fit_with(m, cn_csv_logger(path, .append = true));
            seen = cn_fault_seen(CN_FAULT_WRITE);
            cn_fault_at(CN_FAULT_WRITE, -1, 0);
            cn_fault_at(CN_FAULT_SHORT, -1, 0);
            CHECK(ok == !seen);
            if (seen)
                check_error(want);
            if (n)
                check_log(path);
            CHECK(train(m));
        }
    CHECK(n >= 4); /* open, two epochs, close */
}

TEST(model_checkpoint_outlives_each_refused_step)
{
    char path[300], folder[300], want[400];
    place(path, folder, "checkpoint", "deep/er/w.keras");
    long n = 0;
    for (bool seen = true; seen; n += seen)
        CN_SCOPE {
            cn_model *m = new_model();
            cn_fault_at(CN_FAULT_WRITE, n, EIO);
            bool ok = fit_with(m, cn_model_checkpoint(path));
            seen = cn_fault_seen(CN_FAULT_WRITE);
            cn_fault_at(CN_FAULT_WRITE, -1, 0);
            CHECK(ok == !seen);
            if (seen && !strncmp(cn_error(), "Mod", 3)) {
                char *end = strstr(cn_error(), "': ");
                snprintf(want, sizeof want, "ModelCheckpoint: cannot make the folder '%.*s': %s",
                         (int)(end ? end - cn_error() - 41 : 0), cn_error() + 41, strerror(EIO));
                CHECK(end && !strncmp(path, cn_error() + 41, (size_t)(end - cn_error() - 41)));
                check_error(want);
            } else if (seen) {
                check_reason("write", path, EIO);
            }
            if (!access(path, F_OK))
                CHECK(cn_load_model(path));
            CHECK(train(m));
        }
    CHECK(n > 16);
    snprintf(folder, sizeof folder, "%s", cn_test_path("checkpoint/deep/er"));
    CHECK(files_in(folder) == 1);
}

/* ---- reading ---- */

TEST(each_step_of_reading_is_refused)
{
    char path[300], folder[300];
    for (int i = 0; i < KINDS; i++)
        CN_SCOPE {
            const struct kind *k = &kinds[i];
            cn_model *m = new_model();
            place(path, folder, "read", k->name);
            REQUIRE(m && k->write(m, path));
            long n = 0, live = 0;
            int refused = 0;
            for (bool seen = true; k->damage && seen; n += seen) {
                CN_SCOPE {
                    cn_fault_at(CN_FAULT_READ, n, EIO);
                    bool ok = k->read(m, path);
                    seen = cn_fault_seen(CN_FAULT_READ);
                    cn_fault_at(CN_FAULT_READ, -1, 0);
                    if (!ok)
                        check_reason("read", path, EIO);
                    refused += !ok;
                }
                live = live ? live : cn_mem_live();
                CHECK(n > 1 || cn_mem_live() <= live);
            }
            /* what cannot be mapped is read */
            CHECK(!k->damage || (refused == 2 && n == 3 && train(m)));
        }
}

/* Not mapped but read, refused or done by half. */
TEST(files_that_are_read_in_pieces)
{
    char path[300], folder[300];
    cn_file_view view;
    place(path, folder, "pieces", "pieces");
    bytes b = {"some bytes", 10};
    write_bytes(path, &b, 10);
    cn_fault_at(CN_FAULT_READ, 2, ENOMEM);
    cn_fault_at(CN_FAULT_SHORT, 0, 0);
    CHECK(cn_file_open(&view, path) && !view.mapped && view.size == 10 &&
          !memcmp(view.data, b.data, 10));
    CHECK(cn_fault_seen(CN_FAULT_SHORT) && cn_fault_seen(CN_FAULT_READ));
    cn_file_close(&view);
    cn_fault_at(CN_FAULT_SHORT, -1, 0);
    for (long n = 1; n < 3; n++) {
        cn_fault_at(CN_FAULT_READ, n, EIO);
        CHECK(!cn_file_open(&view, "/proc/self/cmdline"));
        cn_fault_at(CN_FAULT_READ, -1, 0);
        check_reason("read", "/proc/self/cmdline", EIO);
    }
}

TEST(files_cut_short_are_refused)
{
    char path[300], folder[300];
    for (int i = 0; i < KINDS; i++)
        CN_SCOPE {
            const struct kind *k = &kinds[i];
            cn_model *m = new_model();
            place(path, folder, "short", k->name);
            REQUIRE(k->write(m, path));
            bytes whole = read_bytes(path);
            size_t step = whole.size / 60 + 1;
            for (size_t size = 0; k->damage && size < whole.size; size += step) {
                write_bytes(path, &whole, size);
                CN_SCOPE
                    CHECK(!k->read(m, path));
                CHECK(cn_error_code() == CN_EFORMAT && strstr(cn_error(), path));
                cn_clear_error();
            }
            free(whole.data);
            CHECK(train(m));
        }
}
