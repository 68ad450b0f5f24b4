/* Zip archives: what .keras and .npz files are. Nothing in an archive is believed before it is
 * checked.
 *
 * Reading knows stored and deflated members, zip64 and data descriptors. Errors: EFORMAT for an
 * archive that is damaged or contradicts itself, whose members overlap, repeat a name or lead
 * outside the archive
 * ("..", "/x"); EUNSUPPORTED for encryption and other compressions (of that member only); EIO,
 * ENOTFOUND, ENOMEM. Messages name the file and the member. */
#ifndef CN_SAVING_ZIP_H
#define CN_SAVING_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Not for two threads at once. */
typedef struct cn_zip cn_zip;

/* Owned: cn_zip_close. The file stays mapped until then. */
cn_zip *cn_zip_open(const char *path);
/* The same of bytes that the caller keeps until the archive is closed. `label` names them in
 * messages. */
cn_zip *cn_zip_open_memory(const void *data, size_t size, const char *label);
void cn_zip_close(cn_zip *zip);

size_t cn_zip_count(const cn_zip *zip);
/* The name of the i-th member in the archive's order, borrowed; NULL outside. Folders end with '/'.
 */
const char *cn_zip_name(const cn_zip *zip, size_t i);
bool cn_zip_has(const cn_zip *zip, const char *name);
/* A member's bytes, its CRC checked: a slice of the file where it is stored, else inflated once and
 * kept. Borrowed until the archive is closed; never NULL unless it fails, with ENOTFOUND for an
 * unknown name. */
const unsigned char *cn_zip_read(cn_zip *zip, const char *name, size_t *size);

/* Writing: members are stored, with fixed times, so that equal contents make equal files; each
 * starts at a multiple of 64 bytes, so that what is read as a slice of the mapped file is aligned.
 * The archive takes the place of `path` when it ends (cn_file_writer). After a failure every later
 * call fails too. */
typedef struct cn_zip_writer cn_zip_writer;

/* Owned: cn_zip_end or cn_zip_abort. */
cn_zip_writer *cn_zip_begin(const char *path);
/* Adds a whole member. Fails: EINVAL for a name that is no plain relative path in UTF-8. */
bool cn_zip_add(cn_zip_writer *writer, const char *name, const void *data, size_t size);
/* Adds a member in pieces: begin, write as often as wanted, end. */
bool cn_zip_member_begin(cn_zip_writer *writer, const char *name);
bool cn_zip_member_write(cn_zip_writer *writer, const void *data, size_t size);
bool cn_zip_member_end(cn_zip_writer *writer);
/* Makes every later call fail: for a caller that cannot complete what it began. NULL is fine. */
void cn_zip_fail(cn_zip_writer *writer);
/* Commits and frees `writer`, also when it fails. Fails: EINVAL when a name was given twice. */
bool cn_zip_end(cn_zip_writer *writer);
/* Drops what was written and frees `writer`; NULL is fine. */
void cn_zip_abort(cn_zip_writer *writer);

/* For tests: writes the fields of archives beyond 4 GiB, whatever the sizes are. */
void cn_zip_force_zip64(bool force);

#endif
