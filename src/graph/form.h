/* What Keras calls a tensor that an op function made of several nodes, or of one whose attributes
 * it alone knows: one operation with its configuration, for files and summaries. Symbolic tensors
 * have it; it says nothing about how they are computed. */
#ifndef CN_GRAPH_FORM_H
#define CN_GRAPH_FORM_H

#include "graph/tensor.h"

typedef struct cn_form {
    cn_object object;
    const char *class_name; /* "Take"; lives on */
    char *config;           /* JSON: {"axis": 1} */
    char *args;             /* JSON in which "$0" is the first input; NULL: the inputs in order */
    cn_list *inputs;        /* held */
} cn_form;

/* Gives a symbolic `y` (not one of the inputs; any other stays as it is) its form and returns it;
 * the text behind is the inside of the configuration, as printf has it: "\"axis\": %d", axis.
 * `inputs` is looked at only where there is a form to be made. */
#define CN_FORMED(y, class_name, inputs, ...) CN_FORMED_BY(y, class_name, inputs, NULL, __VA_ARGS__)
#define CN_FORMED_BY(y, class_name, inputs, args, ...) \
    ((y) && (y)->symbolic ? cn_formed(y, class_name, inputs, args, __VA_ARGS__) : (y))
cn_tensor *cn_formed(cn_tensor *y, const char *class_name, const cn_list *inputs, const char *args,
                     const char *format, ...) CN_PRINTF(5, 6);
/* The same with other inputs, for `y`, which stands for the one that had the form. */
cn_tensor *cn_formed_again(cn_tensor *y, const cn_form *form, const cn_list *inputs);
/* "[1, 2]", in one of a few buffers of this thread; and "2" where all are alike, which backends of
 * Keras take where they refuse a list. */
const char *cn_ints_text(const int64_t *numbers, int count);
const char *cn_sizes_text(const int64_t *numbers, int count);

/* What a node reads as files and summaries show it. */
int cn_form_count(const cn_tensor *node);
cn_tensor *cn_form_input(const cn_tensor *node, int i);

#endif
