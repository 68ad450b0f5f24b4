/* Who owns what. Everything that a cn_ function makes belongs to the current scope of the calling
 * thread, and lives until that scope ends, or longer where something that lives longer (a model, a
 * variable, an outer scope by cn_keep) holds it. Nothing is freed one by one. A thread's outermost
 * scope ends with the thread; programs that run long open scopes of their own:
 *
 *     CN_SCOPE { cn_tensor *y = cn_predict(model, x); … }
 *
 * What was made in the block is gone after it. */
#ifndef CORNU_OBJECT_H
#define CORNU_OBJECT_H

#include <cornu/export.h>

/* Opens a scope for this thread, and closes the innermost one (releasing what nobody else holds).
 */
CN_API void cn_scope_begin(void);
CN_API void cn_scope_end(void);

/* Do not leave the block by break, return or goto: the scope would stay open until the thread ends.
 */
#define CN_SCOPE \
    for (int cn_once_ = (cn_scope_begin(), 1); cn_once_; cn_once_ = (cn_scope_end(), 0))

#define CN_AT_END_(end) __attribute__((cleanup(end)))

/* Gives `object` (a tensor, list, layer, model, dataset …) to the scope around the current one.
 * Returns it; NULL in, NULL out. */
CN_API void *cn_keep(void *object);

/* Ends all scopes of this thread and opens a fresh one, and forgets automatic names
 * (keras.backend.clear_session). Objects made before are gone, unless others hold them. */
CN_API void cn_clear_session(void);

/* A list of objects, mostly tensors. */
typedef struct cn_list cn_list;
typedef struct cn_tensor cn_tensor;

/* A list of `count` objects, borrowed from the array; NULL when one of them is NULL. */
CN_API cn_list *cn_list_make(void *const *items, size_t count);
#define cn_list_of(...) \
    cn_list_make((void *[]){__VA_ARGS__}, sizeof((void *[]){__VA_ARGS__}) / sizeof(void *))
CN_API cn_list *cn_list_new(void);
/* A list of one; and the list itself. */
CN_API cn_list *cn_list_single(void *item);
CN_API const cn_list *cn_list_same(const cn_list *list);
/* Appends; NULL fails quietly (its error stands already). */
CN_API bool cn_list_add(cn_list *list, void *item);
CN_API size_t cn_list_length(const cn_list *list);
/* The i-th object, borrowed. Error CN_EINVAL outside the list. */
CN_API void *cn_list_item(const cn_list *list, size_t i);
/* All of `a`, then all of `b`, in a new list. */
CN_API cn_list *cn_list_concat(const cn_list *a, const cn_list *b);

#endif
