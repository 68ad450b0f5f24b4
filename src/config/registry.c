/* The registry of names: which class a family's name stands for. Keras: object_registration */
#include <pthread.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/text.h"
#include "config/keras_names.h"
#include "config/registry.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    const cn_class **items;
    size_t count, capacity;
} families[CN_FAMILY_COUNT];

static const char *const family_names[] = {"layer",      "loss",       "metric",      "optimizer",
                                           "schedule",   "callback",   "initializer", "regularizer",
                                           "constraint", "activation", "function"};

const char *cn_family_name(cn_family family)
{
    return family_names[family];
}

/* Keras's to_snake_case: "MaxPooling2D" -> "max_pooling2d", "RMSprop" -> "rm_sprop", "ReLU" ->
 * "re_lu". */
void cn_snake_case(const char *name, char *out, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; name[i] && n + 2 < size; i++) {
        bool upper = name[i] >= 'A' && name[i] <= 'Z';
        bool next_lower = name[i + 1] >= 'a' && name[i + 1] <= 'z';
        bool before_lower = i && name[i - 1] >= 'a' && name[i - 1] <= 'z';
        if (i && upper && (next_lower || before_lower) && n && out[n - 1] != '_')
            out[n++] = '_';
        out[n++] = upper ? (char)(name[i] + 32) : name[i];
    }
    out[n] = 0;
}

static bool answers_to(const cn_class *cls, const char *name)
{
    char snake[128];
    cn_snake_case(cls->name, snake, sizeof snake);
    return !strcmp(cls->name, name) || !strcmp(snake, name) ||
           cn_text_among(name, cls->aliases, " ");
}

static const cn_class *find(cn_family family, const char *name)
{
    for (size_t i = families[family].count; i--;)
        if (answers_to(families[family].items[i], name))
            return families[family].items[i];
    return NULL;
}

/* The built-in classes come in when a family is first asked for. */
static void load(void)
{
    static bool loaded;
    if (loaded)
        return;
    loaded = true;
    for (const cn_class *const *cls = cn_builtin_classes; *cls; cls++) {
        size_t f = (size_t)(*cls)->family;
        if (!cn_mem_reserve(&families[f].items, &families[f].capacity, families[f].count + 1,
                            sizeof *families[f].items))
            loaded = false;
        else
            families[f].items[families[f].count++] = *cls;
        if (!loaded)
            return;
    }
}

bool cn_register_class(const cn_class *cls)
{
    pthread_mutex_lock(&lock);
    load();
    const cn_class *before = find(cls->family, cls->name);
    bool ok = before == cls;
    if (before && !ok)
        cn_fail(CN_EINVAL, "register: the %s '%s' is registered already", family_names[cls->family],
                cls->name);
    else if (!ok && cn_mem_reserve(&families[cls->family].items, &families[cls->family].capacity,
                                   families[cls->family].count + 1, sizeof *families[0].items)) {
        families[cls->family].items[families[cls->family].count++] = cls;
        ok = true;
    }
    pthread_mutex_unlock(&lock);
    return ok;
}

/* "Package>Name" is known by its name. */
static const char *bare(const char *name)
{
    const char *sign = strrchr(name, '>');
    return sign ? sign + 1 : name;
}

const cn_class *cn_class_lookup(cn_family family, cn_str name)
{
    pthread_mutex_lock(&lock);
    load();
    const cn_class *cls = find(family, bare(name));
    pthread_mutex_unlock(&lock);
    return cls;
}

/* How a name may be spelt, for hints. */
typedef struct spellings {
    char word[512][64];
    const char *names[513];
    size_t count;
} spellings;

static void add_word(spellings *all, const char *word, size_t length)
{
    if (!length || length >= sizeof all->word[0] || all->count >= 512)
        return;
    memcpy(all->word[all->count], word, length);
    all->word[all->count][length] = 0;
    all->names[all->count] = all->word[all->count];
    all->names[++all->count] = NULL;
}

/* The class's name, in snake case where that was meant, and its other names. */
static void add_class(spellings *all, const cn_class *cls, bool capital)
{
    char snake[64];
    cn_snake_case(cls->name, snake, sizeof snake);
    add_word(all, capital ? cls->name : snake, strlen(capital ? cls->name : snake));
    for (const char *at = cls->aliases; at && *at; at += *at == ' ') {
        add_word(all, at, strcspn(at, " "));
        at += strcspn(at, " ");
    }
}

static void unknown(cn_family family, const char *name)
{
    static spellings all;
    if (cn_keras_alone_has(family, bare(name))) {
        cn_fail(CN_EUNSUPPORTED, "not supported: the %s '%s'", family_names[family], bare(name));
        return;
    }
    pthread_mutex_lock(&lock);
    all.count = 0;
    all.names[0] = NULL;
    for (size_t i = 0; i < families[family].count; i++)
        add_class(&all, families[family].items[i], name[0] >= 'A' && name[0] <= 'Z');
    const char *hint = cn_did_you_mean(name, all.names);
    pthread_mutex_unlock(&lock);
    cn_fail(CN_ENOTFOUND, "unknown %s '%s'%s", family_names[family], name, hint);
}

const cn_class *cn_class_find(cn_family family, cn_str name)
{
    if (!name)
        return NULL;
    const cn_class *cls = cn_class_lookup(family, name);
    if (!cls)
        unknown(family, name);
    return cls;
}

size_t cn_class_count(cn_family family)
{
    pthread_mutex_lock(&lock);
    load();
    size_t count = families[family].count;
    pthread_mutex_unlock(&lock);
    return count;
}

const cn_class *cn_class_at(cn_family family, size_t i)
{
    pthread_mutex_lock(&lock);
    const cn_class *cls = i < families[family].count ? families[family].items[i] : NULL;
    pthread_mutex_unlock(&lock);
    return cls;
}
