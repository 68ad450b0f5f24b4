/* Nested lists and objects with tensors for leaves, as files have them. Keras flattens an object in
 * the order of its sorted keys. */
#ifndef CN_MODELS_STRUCTURE_H
#define CN_MODELS_STRUCTURE_H

#include "base/json.h"

/* What stands for `value` (owned, in *out), or nothing there: then its members are visited. False
 * with an error recorded on failure. */
typedef bool (*cn_structure_visitor)(void *context, const cn_json *value, cn_json **out);
/* A copy of `value` with what the visitor puts in the place of its leaves; leaves come in the flat
 * order, members keep theirs. Owned; NULL with an error recorded on failure. */
cn_json *cn_structure_map(const cn_json *value, cn_structure_visitor visit, void *context);
/* [name, node, tensor], perhaps with an object of arguments behind. */
bool cn_structure_is_history(const cn_json *value);
/* The key under which leaf `i` stands in an object of leaves (leaves being their places), or NULL.
 */
const char *cn_structure_key(const cn_json *structure, size_t i);

#endif
