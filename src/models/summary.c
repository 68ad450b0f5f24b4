/* Keras's table of a model. keras.Model.summary */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "config/registry.h"
#include "graph/shape.h"
#include "models/shown.h"
#include "models/summary_table.h"
#include "trainers/trainer.h"
#include "utils/message.h"

/* What there is to show, in order: layers, and ops between them, which are symbolic tensors. */
typedef struct summary {
    cn_model *model;
    const cn_walk *walk; /* NULL: the model is not connected yet */
    const cn_list *shown;
    bool connections;
    cn_text out;
} summary;

/* ---- nodes ---- */

static int by_index(const void *a, const void *b)
{
    const cn_call_record *x = cn_record_of(*(cn_tensor *const *)a);
    const cn_call_record *y = cn_record_of(*(cn_tensor *const *)b);
    return x && y ? (x->index > y->index) - (x->index < y->index) : 0;
}

/* The nodes that a layer made in this model, in order; into `nodes`, which has room for all. */
static size_t nodes_by(const summary *s, const void *object, cn_tensor **nodes)
{
    size_t count = 0;
    for (size_t i = 0; s->walk && i < s->walk->count; i++)
        if (cn_is_shown(s->walk->nodes[i]) && cn_shown_maker(s->walk->nodes[i]) == object)
            nodes[count++] = s->walk->nodes[i];
    if (count)
        qsort(nodes, count, sizeof *nodes, by_index);
    return count;
}

/* Is the graph more than a chain: with branches, several inputs or outputs, shared layers? */
static bool has_branches(const cn_walk *walk, const cn_model *model)
{
    cn_map used = {0}, made = {0};
    size_t sources = 0;
    bool branches = model->inputs->count > 1;
    for (size_t i = 0; !branches && i < walk->count; i++) {
        cn_tensor *node = walk->nodes[i];
        if (!cn_is_shown(node))
            continue;
        size_t inputs = cn_shown_inputs(node);
        cn_tensor *input = inputs ? cn_shown_node(cn_shown_input(node, 0)) : NULL;
        sources += !input;
        branches = inputs > 1 || sources > 1 || (input && cn_map_has(&used, input)) ||
                   cn_map_has(&made, cn_shown_maker(node));
        if (!cn_map_put(&made, cn_shown_maker(node), node) ||
            (input && !cn_map_put(&used, input, node)))
            break;
    }
    cn_map_free(&used);
    cn_map_free(&made);
    return branches;
}

/* ---- cells ---- */

static void add_params(cn_text *out, const void *object)
{
    char number[32];
    if (cn_shown_is_op(object))
        cn_text_add(out, "0");
    else if (!((const cn_layer *)object)->built)
        cn_text_add(out, "0 (unbuilt)");
    else
        cn_text_add(out, "%s", cn_thousands(cn_count_params((void *)object), number));
}

static void add_connections(const summary *s, cn_text *out, cn_tensor *const *nodes, size_t count)
{
    size_t before = out->length;
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < cn_shown_inputs(nodes[k]); i++) {
            cn_tensor *x = cn_shown_input(nodes[k], i), *from = cn_shown_node(x);
            cn_call_record *record = cn_record_of(from);
            long long result = x == from ? 0 : *(const int64_t *)x->attrs;
            cn_text_add(out, out->length > before ? ", " : "");
            cn_shown_name(out, s->shown, cn_shown_maker(from));
            cn_text_add(out, "[%zu][%lld]", record ? record->index : 0, result);
        }
    if (out->length == before)
        cn_text_add(out, "-");
}

/* The output of a layer that was called on data: by the shapes it was built with. Keras does not
 * keep those of layers that build nothing. */
static void add_built_shape(cn_text *out, cn_layer *layer)
{
    const cn_class *cls = ((const cn_instance *)layer)->cls;
    const cn_json *built_for = layer->state_->build_shapes;
    cn_results_room room;
    cn_results results = CN_RESULTS(&room);
    bool known = built_for && (!cls->built_in || cn_methods_of(layer)->build);
    if (known && cn_dry_run_for(layer, built_for, &results))
        cn_shown_results(out, &results);
    else
        cn_text_add(out, "?");
}

static void add_row(summary *s, const void *object, bool first, cn_tensor **nodes)
{
    cn_text cell[CN_SUMMARY_COLUMNS] = {{0}};
    cn_summary_row row = {{0}};
    size_t count = nodes_by(s, object, nodes);
    cn_shown_name(&cell[0], s->shown, object);
    cn_text_add(&cell[0], " (");
    cn_shown_class(&cell[0], object);
    cn_text_add(&cell[0], ")");
    if (count)
        cn_shown_shapes(&cell[1], nodes[count - 1]);
    else if (cn_is_graph(s->model) || cn_shown_is_op(object))
        cn_text_add(&cell[1], "?");
    else
        add_built_shape(&cell[1], (cn_layer *)(uintptr_t)object);
    add_params(&cell[2], object);
    add_connections(s, &cell[3], nodes, count);
    for (int i = 0; i < CN_SUMMARY_COLUMNS; i++) {
        s->out.failed = s->out.failed || cell[i].failed;
        row.cell[i] = cell[i].text;
    }
    if (!s->out.failed)
        cn_summary_add(&s->out, s->connections, first, &row);
    for (int i = 0; i < CN_SUMMARY_COLUMNS; i++)
        cn_mem_free(cell[i].text);
}

/* ---- totals ---- */

typedef struct total {
    long long count, bits;
} total;

static total total_of(const cn_list *variables)
{
    total sum = {0, 0};
    for (size_t i = 0; variables && i < variables->count; i++) {
        const cn_tensor *v = variables->items[i];
        long long bits = v->dtype == CN_BOOL ? 1 : 8 * (long long)cn_dtype_size(v->dtype);
        sum.count += cn_size(v);
        sum.bits += cn_size(v) * bits;
    }
    return sum;
}

static void add_totals(summary *s)
{
    cn_optimizer *optimizer = s->model->optimizer;
    bool built = optimizer && optimizer->built;
    total trained = total_of(cn_trainable_weights(s->model));
    total fixed = total_of(cn_non_trainable_weights(s->model));
    total other = total_of(built ? cn_optimizer_variables(optimizer) : NULL);
    cn_summary_total(&s->out, "Total", trained.count + fixed.count + other.count,
                     trained.bits + fixed.bits + other.bits);
    cn_summary_total(&s->out, "Trainable", trained.count, trained.bits);
    cn_summary_total(&s->out, "Non-trainable", fixed.count, fixed.bits);
    if (built)
        cn_summary_total(&s->out, "Optimizer", other.count, other.bits);
}

/* Lines that Keras's text does not have: what memory steps compute in that have been planned, */
static void add_arenas(summary *s)
{
    const struct cn_model_state *state = s->model->state_;
    size_t train = state->trainer ? cn_traced_arena(state->trainer->train.traced) : 0;
    size_t predict = cn_traced_arena(state->predict);
    if (train)
        cn_summary_size(&s->out, " Training arena: %.2f %s\n", (double)train);
    if (predict)
        cn_summary_size(&s->out, " Prediction arena: %.2f %s\n", (double)predict);
}

/* and the user's layers that do not say their output shape. */
static void add_inferred(summary *s)
{
    size_t count = 0;
    for (size_t i = 0; i < s->shown->count; i++) {
        const cn_instance *object = s->shown->items[i];
        if (cn_shown_is_op(object) || object->cls->built_in ||
            cn_methods_of(object)->compute_output_shape)
            continue;
        cn_text_add(&s->out, count++ ? ", " : " Output shape inferred by a dry run of call: ");
        cn_shown_name(&s->out, s->shown, object);
    }
    cn_text_add(&s->out, count ? "\n" : "");
}

static char *summarize(cn_model *model)
{
    const struct cn_model_state *state = model->state_;
    summary s = {.model = model, .shown = model->layer.layers};
    if (model->inputs) {
        s.walk = &state->walk;
        s.shown = state->operations;
        s.connections = !state->sequential && has_branches(s.walk, model);
    }
    cn_tensor **nodes = cn_mem_calloc(1 + (s.walk ? s.walk->count : 0), sizeof *nodes);
    s.out.failed = !nodes;
    cn_summary_title(&s.out, model->layer.name);
    cn_summary_head(&s.out, s.connections);
    bool first = true;
    for (size_t i = 0; !s.out.failed && i < s.shown->count; i++) {
        const void *object = s.shown->items[i];
        if (state->sequential && ((const cn_instance *)object)->cls == &cn_input_layer_class)
            continue;
        add_row(&s, object, first, nodes);
        first = false;
    }
    cn_summary_foot(&s.out, s.connections);
    add_totals(&s);
    add_arenas(&s);
    add_inferred(&s);
    cn_mem_free(nodes);
    if (!s.out.failed)
        return s.out.text;
    cn_mem_free(s.out.text);
    return NULL;
}

cn_str cn_summary_text(cn_model *model)
{
    if (!model)
        return NULL;
    if (!cn_is_graph(model) && !model->layer.built)
        return cn_fail_null(CN_ESTATE,
                            "%s '%s': this model has not yet been built: call it on data, or let "
                            "cn_fit do so, before cn_summary",
                            cn_class_name(model), model->layer.name);
    char *text = NULL;
    CN_SCOPE {
        text = summarize(model);
    }
    cn_mem_free(model->state_->summary);
    return model->state_->summary = text;
}

bool cn_summary(cn_model *model)
{
    cn_str text = cn_summary_text(model);
    if (text)
        cn_say("%s", text);
    return text != NULL;
}
