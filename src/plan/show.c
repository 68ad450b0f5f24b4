/* Plans as text: CORNU_PLAN=1. */
#include <string.h>

#include "backend/cpu/onednn/conv.h"
#include "base/alloc.h"
#include "graph/shape.h"
#include "plan/internal.h"

enum { NAMES = 8 }; /* of a cluster's ops */

void cn_step_name(const cn_step *step, cn_text *text)
{
    const cn_cluster *cluster = step->cluster;
    if (!cluster) {
        bool other = cn_is(step->args.prepared, &cn_onednn_conv_kind);
        cn_text_add(text, other ? "%s by oneDNN" : "%s", step->name);
        return;
    }
    for (int i = 0; i < cluster->n_ops && i < NAMES; i++)
        cn_text_add(text, "%s%s", i ? "+" : "", cluster->ops[i].name);
    if (cluster->n_ops > NAMES)
        cn_text_add(text, "+%d more", cluster->n_ops - NAMES);
}

void cn_step_shapes(const cn_plan *plan, const cn_step *step, cn_text *text)
{
    for (int k = 0; k < step->args.n_in + step->args.n_out; k++) {
        const cn_view *view = &plan->views[step->view + (size_t)k];
        cn_shape shape = {.rank = view->rank};
        memcpy(shape.dim, view->dim, sizeof shape.dim);
        const char *before = k == step->args.n_in ? "-> " : "";
        const char *after = k < step->args.n_in - 1 || k >= step->args.n_in ? ", " : " ";
        bool last = k == step->args.n_in + step->args.n_out - 1;
        cn_text_add(text, "%s%s%s%s", before, cn_dtype_name(view->dtype), cn_shape_text(shape),
                    last ? "" : after);
    }
}

void cn_plan_print(const cn_plan *plan, FILE *file)
{
    fprintf(file, "plan: %zu steps, arena of %zu bytes, %zu assigned\n", plan->n_steps, plan->arena,
            plan->n_copies);
    for (size_t i = 0; i < plan->n_steps; i++) {
        const cn_step *step = &plan->steps[i];
        cn_text line = {0};
        cn_step_name(step, &line);
        cn_text_add(&line, " ");
        cn_step_shapes(plan, step, &line);
        fprintf(file, "  %s", line.failed ? "" : line.text);
        fprintf(file, step->layer ? "  [%s]\n" : "\n", step->layer);
        cn_mem_free(line.text);
    }
}
