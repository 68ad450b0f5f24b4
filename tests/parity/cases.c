#include "parity/cases.h"

#include <stdio.h>

#include "base/alloc.h"
#include "cornu/ops.h"

const char *case_id(const cn_json *one)
{
    return cn_json_as_string(cn_json_get(one, "id"), "?");
}

static void complain(const cn_json *one, const char *member, const cn_json *got,
                     const cn_json *want)
{
    char *a = cn_json_text(got, 0), *b = cn_json_text(want, 0);
    fprintf(stderr, "%s: '%s' is written as %s, Keras: %s\n", case_id(one), member, a, b);
    cn_mem_free(a);
    cn_mem_free(b);
    CHECK(!"written as Keras does");
}

static void check_config(const cn_json *one, const void *instance)
{
    cn_json *config = cn_instance_config(instance);
    const cn_json *want = cn_json_get(cn_json_get(one, "config"), "config");
    for (size_t i = 0; i < want->count; i++) {
        const char *key = want->items[i]->key;
        if (!cn_json_get(config, key) || !cn_json_equal(cn_json_get(config, key), want->items[i]))
            complain(one, key, cn_json_get(config, key), want->items[i]);
    }
    for (size_t i = 0; config && i < config->count; i++)
        if (!cn_json_get(want, config->items[i]->key))
            complain(one, config->items[i]->key, config->items[i], NULL);
    cn_json_free(config);
}

void *case_instance(cn_family family, const cn_json *one)
{
    void *instance = cn_instance_deserialize(family, cn_json_get(one, "config"));
    if (instance) {
        check_config(one, instance);
    } else {
        fprintf(stderr, "%s: %s\n", case_id(one), cn_error());
        cn_clear_error();
        CHECK(!"made from Keras's configuration");
    }
    return instance;
}

void each_case(const char *family, void (*check)(const golden_file *file, const cn_json *one))
{
    golden_file file;
    if (golden_open(&file, family))
        for (size_t i = 0; i < file.cases->count; i++)
            CN_SCOPE {
                check(&file, file.cases->items[i]);
            }
    golden_close(&file);
}

cn_tensor *case_array(const golden_file *file, const cn_json *one, const char *name)
{
    return golden_array(file, cn_json_get(one, name));
}

bool case_close(const golden_file *file, const cn_json *one, cn_tensor *got, const char *name,
                double tolerance)
{
    char what[200];
    snprintf(what, sizeof what, "%s: %s", case_id(one), name);
    return golden_close_to(file, got, cn_json_get(one, name), tolerance, what);
}
