#include "graph/form.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

static void destroy(void *self)
{
    cn_form *form = self;
    cn_mem_free(form->config);
    cn_mem_free(form->args);
    cn_release(form->inputs);
}

static const cn_kind form_kind = {"form", destroy};

/* Takes `config`. */
static cn_tensor *put(cn_tensor *y, const char *class_name, const cn_list *inputs, const char *args,
                      char *config)
{
    cn_form *form = cn_object_new(&form_kind, sizeof *form);
    bool mine = true;
    if (form)
        *form = (cn_form){.object = form->object, .class_name = class_name, .config = config};
    else
        cn_mem_free(config);
    if (!form || !config || !inputs || (args && !(form->args = cn_mem_strdup(args))))
        return NULL;
    form->inputs = cn_retain(cn_list_make(inputs->items, inputs->count));
    for (size_t i = 0; form->inputs && i < inputs->count; i++)
        mine = mine && inputs->items[i] != y;
    if (form->inputs && mine)
        cn_replace(&y->form, form);
    return form->inputs ? y : NULL;
}

cn_tensor *cn_formed(cn_tensor *y, const char *class_name, const cn_list *inputs, const char *args,
                     const char *format, ...)
{
    char inside[1024];
    va_list list;
    va_start(list, format);
    int n = vsnprintf(inside, sizeof inside, format, list);
    va_end(list);
    if (n < 0 || n >= (int)sizeof inside)
        return y; /* too long to say: it is written as the nodes it is made of */
    return put(y, class_name, inputs, args, cn_mem_printf("{%s}", inside));
}

cn_tensor *cn_formed_again(cn_tensor *y, const cn_form *form, const cn_list *inputs)
{
    return y && y->symbolic
               ? put(y, form->class_name, inputs, form->args, cn_mem_strdup(form->config))
               : y;
}

const char *cn_ints_text(const int64_t *numbers, int count)
{
    static _Thread_local char ring[6][24 * CN_MAX_RANK];
    static _Thread_local unsigned next;
    char *text = ring[next++ % 6];
    size_t n = (size_t)snprintf(text, sizeof ring[0], "[");
    for (int i = 0; i < count && i < CN_MAX_RANK; i++)
        n += (size_t)snprintf(text + n, sizeof ring[0] - n, "%s%lld", i ? ", " : "",
                              (long long)numbers[i]);
    snprintf(text + n, sizeof ring[0] - n, "]");
    return text;
}

const char *cn_sizes_text(const int64_t *numbers, int count)
{
    int alike = 1;
    while (alike < count && numbers[alike] == numbers[0])
        alike++;
    if (alike < count)
        return cn_ints_text(numbers, count);
    const char *text = cn_ints_text(numbers, 1); /* "[2]" */
    *strchr(text, ']') = 0;
    return text + 1;
}

int cn_form_count(const cn_tensor *node)
{
    return node->form ? (int)node->form->inputs->count : node->n_inputs;
}

cn_tensor *cn_form_input(const cn_tensor *node, int i)
{
    return node->form ? node->form->inputs->items[i] : node->inputs[i];
}
