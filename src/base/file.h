/* Files: a whole file as read-only memory, and writing that replaces a file or leaves it as it was.
 * Errors: ENOTFOUND for what is missing, EIO for what the system refused, both with the path and
 * the system's words; ENOMEM. */
#ifndef CN_BASE_FILE_H
#define CN_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of a file: mapped where the system can, read otherwise. They stay valid until the view
 * is closed, also when the file is removed or replaced; cutting the file short while it is open is
 * the one thing that a mapping cannot bear (the system raises SIGBUS). */
typedef struct cn_file_view {
    const unsigned char *data; /* never NULL while open */
    size_t size;
    bool mapped;
} cn_file_view;

bool cn_file_open(cn_file_view *view, const char *path);
/* Releases the bytes; a view that is zeroed or closed already stays so. */
void cn_file_close(cn_file_view *view);

/* Writes to a temporary file beside `path`; cn_file_end puts it in the place of `path` in one step,
 * synced to the disk. Until then, and whenever anything fails, `path` stays what it was and the
 * temporary is removed. A file that is replaced passes its permissions on; a symbolic link stays
 * and its target is replaced. What is there and is no regular file is refused. */
typedef struct cn_file_writer cn_file_writer;

/* Owned: cn_file_end or cn_file_abort. */
cn_file_writer *cn_file_begin(const char *path);
/* Appends. After a failure every later call fails too. False (no new error) for NULL. */
bool cn_file_write(cn_file_writer *writer, const void *data, size_t size);
/* Overwrites bytes that were written already. Fails: EINVAL beyond the end. */
bool cn_file_write_at(cn_file_writer *writer, uint64_t offset, const void *data, size_t size);
/* How many bytes were written so far. */
uint64_t cn_file_position(const cn_file_writer *writer);
/* Commits and frees `writer`, also when it fails. */
bool cn_file_end(cn_file_writer *writer);
/* Drops what was written and frees `writer`; NULL is fine. */
void cn_file_abort(cn_file_writer *writer);

/* A file that grows by whole pieces, the lines of a log: one that cannot be written to its end is
 * taken back. */
typedef struct cn_file_log {
    const char *path; /* borrowed */
    int file;
    bool open, empty; /* empty: it was when it was opened */
} cn_file_log;

bool cn_file_log_open(cn_file_log *log, const char *path, bool append);
bool cn_file_log_put(cn_file_log *log, const void *data, size_t size);
/* True for one that is zeroed or closed already. */
bool cn_file_log_close(cn_file_log *log);

#endif
