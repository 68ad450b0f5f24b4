/* The records of a zip archive: signatures, sizes, and what a name must look like. */
#ifndef CN_SAVING_ZIP_FORMAT_H
#define CN_SAVING_ZIP_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CN_ZIP_LOCAL_SIGN 0x04034B50u   /* before each member */
#define CN_ZIP_CENTRAL_SIGN 0x02014B50u /* one a member, in the directory at the end */
#define CN_ZIP_END_SIGN 0x06054B50u
#define CN_ZIP_END64_SIGN 0x06064B50u
#define CN_ZIP_LOCATOR_SIGN 0x07064B50u /* tells where the zip64 end is */

enum {
    CN_ZIP_LOCAL = 30, /* bytes without name and extra fields */
    CN_ZIP_CENTRAL = 46,
    CN_ZIP_END = 22,
    CN_ZIP_END64 = 56,
    CN_ZIP_LOCATOR = 20,
    CN_ZIP_LONGEST_COMMENT = 65535,

    CN_ZIP_STORED = 0,
    CN_ZIP_DEFLATED = 8,

    CN_ZIP_ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13, /* flags */
    CN_ZIP_DESCRIPTOR = 1 << 3,                   /* sizes and CRC stand behind the data */
    CN_ZIP_UTF8 = 1 << 11,

    CN_ZIP_EXTRA_ZIP64 = 0x0001,
    CN_ZIP_EXTRA_ALIGN = 0xD935
};

/* NULL for a plain relative path in UTF-8 ("a/b.txt", "folder/"), else what is wrong with it. */
const char *cn_zip_name_fault(const char *name, size_t length);

#endif
