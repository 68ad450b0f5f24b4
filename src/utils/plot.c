/* Pictures of models. keras.utils.plot_model */
#include "cornu/plot.h"

#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "config/params.h"
#include "config/registry.h"
#include "models/shown.h"
#include "utils/plot.h"

cn_plot_box *cn_plot_add_box(cn_plot *plot)
{
    if (!cn_mem_reserve(&plot->boxes, &plot->boxes_room, (size_t)plot->n_boxes + 1,
                        sizeof *plot->boxes))
        return NULL;
    cn_plot_box *box = &plot->boxes[plot->n_boxes++];
    *box = (cn_plot_box){.lines = 0};
    return box;
}

bool cn_plot_add_edge(cn_plot *plot, int from, int to)
{
    if (!cn_mem_reserve(&plot->edges, &plot->edges_room, (size_t)plot->n_edges + 1,
                        sizeof *plot->edges))
        return false;
    plot->edges[plot->n_edges++] = (cn_plot_edge){.from = from, .to = to};
    return true;
}

void cn_plot_free(cn_plot *plot)
{
    for (int i = 0; i < plot->n_boxes; i++)
        for (int k = 0; k < plot->boxes[i].lines; k++)
            cn_mem_free(plot->boxes[i].text[k]);
    cn_mem_free(plot->boxes);
    cn_mem_free(plot->edges);
}

int cn_plot_length(const char *text)
{
    int length = 0;
    for (; *text; text++)
        length += (*text & 0xC0) != 0x80;
    return length;
}

/* ---- what a model shows ---- */

typedef struct scene {
    const cn_plot_model_options *o;
    cn_text path; /* the models around a layer, "outer/inner/" */
    cn_plot plot;
    bool failed;
} scene;

/* Takes the text. */
static void add_line(scene *s, cn_text *text)
{
    cn_plot_box *box = &s->plot.boxes[s->plot.n_boxes - 1];
    double width = text->failed ? 0 : CN_PLOT_CHAR * cn_plot_length(text->text);
    s->failed |= text->failed;
    if (box->width < width + 2 * CN_PLOT_PAD)
        box->width = width + 2 * CN_PLOT_PAD;
    box->text[box->lines++] = text->text;
    box->height = CN_PLOT_LINE * box->lines + CN_PLOT_PAD * (box->lines > 1 ? 2 : 1);
}

static cn_tensor *last_node(const cn_model *model, const void *object)
{
    const cn_walk *walk = &model->state_->walk;
    for (size_t i = walk->count; i--;)
        if (cn_is_shown(walk->nodes[i]) && cn_shown_maker(walk->nodes[i]) == object)
            return walk->nodes[i];
    return NULL;
}

static void add_shapes(scene *s, cn_tensor *node)
{
    cn_text in = {0}, out = {0};
    size_t count = node ? cn_shown_inputs(node) : 0;
    cn_text_add(&in, "Input shape: %s", count > 1 ? "[" : "");
    for (size_t i = 0; i < count; i++) {
        cn_text_add(&in, i ? ", " : "");
        cn_shown_shape(&in, cn_shown_input(node, i)->shape);
    }
    cn_text_add(&in, count > 1 ? "]" : "");
    if (!count && node)
        cn_shown_shapes(&in, node);
    cn_text_add(&out, "Output shape: ");
    if (node)
        cn_shown_shapes(&out, node);
    add_line(s, &in);
    add_line(s, &out);
}

/* Of a layer that has one. */
static void add_activation(scene *s, const void *object)
{
    const cn_class *cls = ((const cn_instance *)object)->cls;
    const cn_param *p = cn_param_find(cls, "activation");
    cn_text line = {0};
    if (!p || p->type != CN_TYPE_cn_activation)
        return;
    const char *spec = *(const char *const *)(const void *)((const char *)object + p->offset);
    cn_text_add(&line, "Activation: %s", spec ? spec : "linear");
    add_line(s, &line);
}

static void add_box(scene *s, const cn_model *model, void *object)
{
    bool op = cn_shown_is_op(object);
    cn_tensor *node = last_node(model, object);
    cn_text title = {0}, dtype = {0}, trainable = {0};
    cn_plot_box *box = cn_plot_add_box(&s->plot);
    if (!box) {
        s->failed = true;
        return;
    }
    box->shows = object;
    cn_text_put(&title, s->path.text, s->path.length);
    if (s->o->show_layer_names)
        cn_shown_name(&title, model->state_->operations, object);
    cn_text_add(&title, s->o->show_layer_names ? " (" : "");
    cn_shown_class(&title, object);
    cn_text_add(&title, s->o->show_layer_names ? ")" : "");
    add_line(s, &title);
    if (s->o->show_layer_activations && !op)
        add_activation(s, object);
    if (s->o->show_shapes)
        add_shapes(s, node);
    if (s->o->show_dtype && node) {
        cn_text_add(&dtype, "Output dtype: %s", cn_dtype_name(node->dtype));
        add_line(s, &dtype);
    }
    if (s->o->show_trainable && !op) {
        cn_text_add(&trainable, "Trainable: %s",
                    ((cn_layer *)object)->trainable ? "True" : "False");
        add_line(s, &trainable);
    }
}

/* Is it a model whose layers are drawn in its place? */
static bool is_expanded(const scene *s, const void *object)
{
    return s->o->expand_nested && !cn_shown_is_op(object) && cn_is_model(object) &&
           cn_is_graph(object);
}

static int box_of(const scene *s, const void *object)
{
    int i = s->plot.n_boxes;
    while (i-- && s->plot.boxes[i].shows != object)
        ;
    return i;
}

/* Layers, and ops between them; a box each. Keras leaves out a Sequential's input. */
static void add_boxes(scene *s, const cn_model *model)
{
    const cn_list *all = model->state_->operations;
    size_t before = s->path.length;
    for (size_t i = model->state_->sequential; i < all->count && !s->failed; i++) {
        void *object = all->items[i];
        if (!is_expanded(s, object)) {
            if (box_of(s, object) < 0) /* not in a model that is there twice */
                add_box(s, model, object);
            continue;
        }
        cn_text_add(&s->path, "%s/", ((const cn_layer *)object)->name);
        s->failed |= s->path.failed;
        add_boxes(s, object);
        s->path.length = before;
    }
}

/* The box that a tensor comes from: of a model, the one that its result comes from. */
static int source_of(const scene *s, cn_tensor *x)
{
    cn_tensor *node = cn_shown_node(x);
    void *maker = cn_shown_maker(node);
    while (is_expanded(s, maker)) {
        x = ((const cn_model *)maker)->outputs->items[x == node ? 0 : *(const int64_t *)x->attrs];
        node = cn_shown_node(x);
        maker = cn_shown_maker(node);
    }
    return box_of(s, maker);
}

/* Where the i-th input of a layer goes: of a model, to its input, or to a Sequential's first. */
static int target_of(const scene *s, void *maker, size_t i)
{
    while (is_expanded(s, maker)) {
        const cn_model *model = maker;
        maker = model->state_->sequential ? model->state_->operations->items[1]
                                          : cn_shown_maker(cn_shown_node(model->inputs->items[i]));
    }
    return box_of(s, maker);
}

/* One arrow, however often. */
static void connect(scene *s, int from, int to)
{
    int e = s->plot.n_edges;
    while (e-- && (s->plot.edges[e].from != from || s->plot.edges[e].to != to))
        ;
    if (e < 0 && from >= 0 && to >= 0 && !cn_plot_add_edge(&s->plot, from, to))
        s->failed = true;
}

static void add_edges(scene *s, const cn_model *model)
{
    const cn_walk *walk = &model->state_->walk;
    for (size_t i = 0; i < walk->count; i++) {
        cn_tensor *node = walk->nodes[i];
        for (size_t k = 0; cn_is_shown(node) && k < cn_shown_inputs(node); k++)
            connect(s, source_of(s, cn_shown_input(node, k)),
                    target_of(s, cn_shown_maker(node), k));
    }
    const cn_list *all = model->state_->operations;
    for (size_t i = 0; i < all->count; i++)
        if (is_expanded(s, all->items[i]))
            add_edges(s, all->items[i]);
}

/* ---- the door ---- */

typedef enum { PNG, SVG, DOT, OTHER } kind;

static kind kind_of(cn_str path)
{
    static const char *const endings[] = {".png", ".svg", ".dot"};
    const char *dot = strrchr(path, '.');
    kind k = PNG;
    while (k < OTHER && !(dot && !strcmp(dot, endings[k])))
        k++;
    return k;
}

static bool check(const cn_plot_model_options *o)
{
    if (!o->model || !o->to_file || !o->rankdir)
        return false;
    if (!cn_is_graph(o->model) || !o->model->inputs)
        return cn_fail(CN_ESTATE,
                       "cn_plot_model: %s '%s' has no graph of layers to draw: it has not yet been "
                       "built, or is a model by subclassing",
                       cn_class_name(o->model), o->model->layer.name);
    if (kind_of(o->to_file) == OTHER)
        return cn_fail(CN_EINVAL, "cn_plot_model: expected a .png, .svg or .dot file, found '%s'",
                       o->to_file);
    if (strcmp(o->rankdir, "TB") != 0 && strcmp(o->rankdir, "LR") != 0)
        return cn_fail(CN_EINVAL, "cn_plot_model: expected rankdir \"TB\" or \"LR\", found \"%s\"",
                       o->rankdir);
    return true;
}

static bool draw(scene *s, cn_text *out)
{
    const cn_plot_model_options *o = s->o;
    kind k = kind_of(o->to_file);
    s->plot.across = !strcmp(o->rankdir, "LR");
    add_boxes(s, o->model);
    if (!s->failed)
        add_edges(s, o->model);
    if (s->failed || (k != DOT && !cn_plot_lay_out(&s->plot)))
        return false;
    if (k == PNG)
        return cn_plot_write_png(&s->plot, o->dpi, out) && !out->failed;
    (k == SVG ? cn_plot_write_svg : cn_plot_write_dot)(&s->plot, out);
    return !out->failed;
}

bool cn_plot_model_with(const cn_plot_model_options *o)
{
    cn_mark_at(o->at, "cn_plot_model");
    if (!check(o))
        return false;
    scene s = {.o = o};
    cn_text out = {0};
    cn_file_writer *file = draw(&s, &out) ? cn_file_begin(o->to_file) : NULL;
    cn_file_write(file, out.text, out.length);
    cn_mem_free(out.text);
    cn_mem_free(s.path.text);
    cn_plot_free(&s.plot);
    return file && cn_file_end(file);
}
