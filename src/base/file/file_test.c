#include "base/file.h"

#include <errno.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fault.h"
#include "base/test.h"

static bool write_text(const char *path, const char *text)
{
    cn_file_writer *writer = cn_file_begin(path);
    bool ok = cn_file_write(writer, text, strlen(text));
    return cn_file_end(writer) && ok;
}

static bool holds(const char *path, const char *text)
{
    cn_file_view view;
    if (!cn_file_open(&view, path))
        return false;
    bool same = view.size == strlen(text) && !memcmp(view.data, text, view.size);
    cn_file_close(&view);
    cn_file_close(&view); /* twice is fine */
    return same;
}

/* How many temporary files stand beside the tests' files. */
static int leftovers(void)
{
    char folder[256];
    snprintf(folder, sizeof folder, "%s", cn_test_path(""));
    DIR *dir = opendir(folder);
    int count = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        count += strstr(entry->d_name, ".tmp") != NULL;
    if (dir)
        closedir(dir);
    return count;
}

TEST(file_writes_and_reads)
{
    const char *path = cn_test_path("file_a");
    CHECK(write_text(path, "hello") && holds(path, "hello"));
    CHECK(write_text(path, "") && holds(path, ""));
    cn_file_writer *writer = cn_file_begin(path);
    char block[5000];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 100; i++)
        CHECK(cn_file_write(writer, block, sizeof block));
    CHECK(cn_file_position(writer) == 500000);
    CHECK(cn_file_write_at(writer, 499999, "y", 1) && cn_file_write_at(writer, 0, "z", 1));
    CHECK(cn_file_write(writer, "!", 1) && cn_file_end(writer));
    cn_file_view view;
    REQUIRE(cn_file_open(&view, path));
    CHECK(view.size == 500001 && view.data[0] == 'z' && view.data[499999] == 'y');
    CHECK(view.data[500000] == '!' && view.data[1] == 'x' && view.mapped);
    CHECK(write_text(path, "replaced") && view.data[1] == 'x'); /* the view keeps the old file */
    cn_file_close(&view);
}

TEST(file_says_what_is_wrong)
{
    cn_file_view view;
    char want[512];
    const char *path = cn_test_path("file_missing");
    CHECK(!cn_file_open(&view, path) && cn_error_code() == CN_ENOTFOUND);
    snprintf(want, sizeof want, "cannot read '%s': No such file or directory", path);
    check_error(want);
    path = cn_test_path("");
    CHECK(!cn_file_open(&view, path) && cn_error_code() == CN_EIO);
    cn_clear_error();
    CHECK(!cn_file_begin(path) && cn_error_code() == CN_EIO);
    cn_clear_error();
    CHECK(!cn_file_begin(cn_test_path("no/such/folder")) && cn_error_code() == CN_ENOTFOUND);
    cn_clear_error();
    CHECK(!cn_file_begin("/dev/null"));
    check_error("cannot write '/dev/null': not a regular file");
    CHECK(!cn_file_begin(NULL) && !cn_file_open(&view, NULL) && !cn_file_end(NULL));
    CHECK(cn_error_code() == CN_EINVAL);
    cn_clear_error();
    CHECK(!cn_file_write(NULL, "a", 1) && !cn_file_write_at(NULL, 0, "a", 1));
    cn_file_abort(NULL);
    cn_file_writer *writer = cn_file_begin(cn_test_path("file_b"));
    CHECK(!cn_file_write_at(writer, 0, "a", 1) && cn_error_code() == CN_EINVAL);
    cn_clear_error();
    CHECK(!cn_file_write(writer, "a", 1) && !cn_file_end(writer));
    CHECK(leftovers() == 0);
}

TEST(file_keeps_permissions_and_links)
{
    const char *path = cn_test_path("file_c"), *name = cn_test_path("file_link");
    struct stat status;
    CHECK(write_text(path, "one") && !chmod(path, 0640) && !symlink(path, name));
    CHECK(write_text(name, "two") && holds(path, "two"));
    CHECK(!lstat(name, &status) && S_ISLNK(status.st_mode));
    CHECK(!stat(path, &status) && (status.st_mode & 0777) == 0640);
    cn_file_writer *writer = cn_file_begin(path);
    CHECK(cn_file_write(writer, "three", 5) && leftovers() == 1);
    cn_file_abort(writer);
    CHECK(holds(path, "two") && leftovers() == 0);
}

/* More than the writer's buffer, and a change behind it. */
static bool save_large(const char *path)
{
    static char block[70000];
    cn_file_writer *writer = cn_file_begin(path);
    bool ok = cn_file_write(writer, "head", 4) && cn_file_write(writer, block, sizeof block);
    ok = ok && cn_file_write_at(writer, 0, "HEAD", 4);
    return cn_file_end(writer) && ok;
}

static bool starts_with(const char *path, const char *text)
{
    cn_file_view view;
    if (!cn_file_open(&view, path))
        return false;
    bool same = view.size >= strlen(text) && !memcmp(view.data, text, strlen(text));
    cn_file_close(&view);
    return same;
}

TEST(file_outlives_every_failing_write)
{
    char path[256]; /* cn_test_path's own texts do not live that long */
    snprintf(path, sizeof path, "%s", cn_test_path("file_d"));
    long n = 0;
    for (;; n++) {
        REQUIRE(write_text(path, "old"));
        cn_fault_at(CN_FAULT_WRITE, n, ENOSPC);
        bool ok = save_large(path);
        cn_fault_at(CN_FAULT_WRITE, -1, 0);
        if (ok)
            break;
        CHECK(cn_error_code() == CN_EIO && strstr(cn_error(), "No space left on device"));
        cn_clear_error();
        CHECK(starts_with(path, "old") || starts_with(path, "HEAD"));
        CHECK(leftovers() == 0);
    }
    CHECK(n >= 8 && starts_with(path, "HEAD"));
}

TEST(file_when_memory_runs_out)
{
    char path[256];
    snprintf(path, sizeof path, "%s", cn_test_path("file_e"));
    for (long n = 0;; n++) {
        cn_mem_fail_at(n);
        bool ok = save_large(path) && starts_with(path, "HEAD");
        if (!cn_mem_failed()) {
            CHECK(ok);
            break;
        }
        CHECK(!ok && cn_error_code() == CN_ENOMEM && leftovers() == 0);
        cn_clear_error();
    }
    cn_mem_fail_at(-1);
}

TEST(file_reads_what_cannot_be_mapped)
{
    cn_file_view view;
    REQUIRE(cn_file_open(&view, "/proc/self/cmdline"));
    CHECK(view.size > 0 && !view.mapped);
    cn_file_close(&view);
    cn_mem_fail_at(0);
    CHECK(!cn_file_open(&view, "/proc/self/cmdline") && cn_error_code() == CN_ENOMEM);
    cn_clear_error();
    cn_mem_fail_at(-1);
}
