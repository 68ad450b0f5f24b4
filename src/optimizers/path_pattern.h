/* The patterns of Python's `re` that name paths of variables: characters, '.', sets [a-z], escapes
 * (\d \w \s and \ before a sign), ^ and $, groups with |, and * + ? after any of them. */
#ifndef CN_OPTIMIZERS_PATH_PATTERN_H
#define CN_OPTIMIZERS_PATH_PATTERN_H

#include <stdbool.h>

/* Error CN_EUNSUPPORTED for patterns that hold more than the above, or are very long. */
bool cn_path_check(const char *pattern);
/* Does the pattern match somewhere in `path`; all of it? One that cn_path_check refuses does not.
 */
bool cn_path_search(const char *pattern, const char *path);
bool cn_path_match(const char *pattern, const char *path);

#endif
