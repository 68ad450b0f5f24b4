/* A layer that is called twice has two outputs, by number; "the" output is ambiguous. Models in
 * models cost nothing: the same work in the same memory as one of their layers. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

/* The plan of a training step, as CORNU_PLAN prints it, without the layers' names. */
static char *plan_of(cn_model *model, char *text)
{
    cn_compile(model, "adam", .loss = {"mse"});
    CHECK(freopen("plan.txt", "w", stderr));
    setenv("CORNU_PLAN", "1", 1);
    CHECK(cn_train_on_batch(model, cn_ones(cn_shape(8, 3), CN_FLOAT32),
                            cn_ones(cn_shape(8, 1), CN_FLOAT32), NULL));
    unsetenv("CORNU_PLAN");
    CHECK(freopen("errors.txt", "w", stderr));
    FILE *file = fopen("plan.txt", "r");
    CHECK(file);
    char line[1000], *end = text;
    while (fgets(line, sizeof line, file)) {
        end = strncmp(line, "plan: ", 6) ? end : text; /* the last one */
        line[strcspn(line, "[\n")] = 0;
        end += sprintf(end, "%s\n", line);
    }
    fclose(file);
    return text;
}

static cn_model *flat(void)
{
    return cn_sequential(cn_input(3), cn_dense(16, .activation = "relu"), cn_dense(16),
                         cn_dense(1));
}

static cn_model *nested(void)
{
    cn_model *inner = cn_sequential(cn_input(3), cn_dense(16, .activation = "relu"));
    cn_model *outer = cn_sequential(cn_input(3), inner, cn_dense(16));
    return cn_sequential(cn_input(3), outer, cn_dense(1));
}

int main(void)
{
    cn_tensor *a = cn_input(3), *b = cn_input(3);
    cn_layer *shared = cn_dense(2, .name = "shared");
    cn_tensor *of_a = cn_call(shared, a);
    CHECK(cn_get_output(shared) == of_a && cn_get_input(shared) == a);
    cn_tensor *of_b = cn_call(shared, b);
    CHECK(cn_get_output_at(shared, 0) == of_a && cn_get_output_at(shared, 1) == of_b);
    CHECK(cn_get_input_at(shared, 1) == b);
    CHECK(!cn_error_code());
    CHECK(!cn_get_output(shared));
    CHECK(strstr(cn_error(), "The layer 'shared' has 2 inbound nodes, hence the notion of \"layer "
                             "output\" is ill-defined: use cn_get_output_at"));
    cn_clear_error();
    CHECK(!cn_get_output_at(shared, 2));
    CHECK(strstr(cn_error(), "only 2 inbound nodes"));
    cn_clear_error();

    /* a model as a layer is the same */
    cn_model *tower = cn_sequential(cn_input(3), cn_dense(2));
    cn_tensor *left = cn_call(tower, a), *right = cn_call(tower, b);
    CHECK(cn_get_output_at(tower, 0) == left && cn_get_output_at(tower, 1) == right);
    CHECK(!cn_error_code());

    static char texts[2][20000];
    TEXT(plan_of(nested(), texts[0]), plan_of(flat(), texts[1]));
    CHECK(strstr(texts[0], "arena of "));
}
