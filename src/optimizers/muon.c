/* Matrices move along the nearest orthogonal matrix to their momentum, found by Newton and Schulz's
 * iteration x = a x + (b x x^T + c (x x^T)^2) x; all else moves by Adam.
 * keras.optimizers.Muon */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "optimizers/moments.h"
#include "optimizers/path_pattern.h"

#define MUON(P)                                                               \
    CN_RATE_PARAM_(P, "0.001")                                                \
    P(float, adam_beta_1, 0.9, "beta_1 of Adam's part")                       \
    P(float, adam_beta_2, 0.999, "beta_2 of Adam's part")                     \
    P(float, adam_weight_decay, 0.004, "weight decay of Adam's part")         \
    CN_EPSILON_PARAM_(P)                                                      \
    P(cn_str, exclude_layers, NULL, "patterns of paths for Adam: [\"head\"]") \
    P(bool, exclude_embeddings, true, "embeddings are for Adam")              \
    P(float, muon_a, 3.4445, "a of the iteration")                            \
    P(float, muon_b, -4.7750, "b of the iteration")                           \
    P(float, muon_c, 2.0315, "c of the iteration")                            \
    P(float, adam_lr_ratio, 1.0, "Adam's rate, as a share of the rate")       \
    P(float, momentum, 0.95, "how much of the momentum stays")                \
    P(int, ns_steps, 5, "iterations")                                         \
    P(bool, nesterov, true, "look ahead along the momentum")                  \
    P(float, rms_rate, 0.2, "steps are this times the root of the longer side; none: 1")
#define MUON_PARAMS(P) CN_OPTIMIZER_PARAMS_(P, 0.004)
CN_OPTIMIZER_OF(muon, MUON, MUON_PARAMS, cn_tensor *correction; cn_json * patterns;)

static bool init(muon *self)
{
    const char *text = self->exclude_layers ? self->exclude_layers : "[]";
    self->patterns = cn_json_parse(text, strlen(text));
    bool ok = cn_json_is(self->patterns, CN_JSON_LIST);
    for (size_t i = 0; ok && i < self->patterns->count; i++)
        ok = cn_json_is(self->patterns->items[i], CN_JSON_STRING) &&
             cn_path_check(self->patterns->items[i]->string);
    return ok || cn_fail(CN_EINVAL, "Muon: expected a list of patterns for 'exclude_layers'");
}

static void destroy(muon *self)
{
    cn_json_free(self->patterns);
}

static bool write(const muon *self, cn_json *config)
{
    return cn_json_set(config, "exclude_layers", cn_json_copy(self->patterns));
}

static bool mentions_embedding(const char *path)
{
    static const char word[] = "embedding";
    for (; *path; path++) {
        size_t i = 0;
        while (word[i] && tolower((unsigned char)path[i]) == word[i])
            i++;
        if (!word[i])
            return true;
    }
    return false;
}

static bool is_for_adam(const muon *self, const cn_tensor *w)
{
    const char *path = w->variable->path;
    if (w->shape.rank != 2 || (self->exclude_embeddings && mentions_embedding(path)))
        return true;
    for (size_t i = 0; i < self->patterns->count; i++)
        if (cn_path_search(self->patterns->items[i]->string, path))
            return true;
    return false;
}

static bool build(muon *self, const cn_list *weights)
{
    for (size_t i = 0; i < weights->count; i++) {
        cn_tensor *w = weights->items[i];
        if (!cn_add_slot(self, w, "momentum") ||
            (is_for_adam(self, w) && !cn_add_slot(self, w, "velocity")))
            return false;
    }
    return true;
}

static double decay_of(const muon *self, cn_tensor *w)
{
    return is_for_adam(self, w) ? self->adam_weight_decay : self->optimizer.weight_decay;
}

static bool begin(muon *self)
{
    self->correction = cn_adam_correction(self, self->adam_beta_1, self->adam_beta_2);
    return self->correction != NULL;
}

/* x (rows, columns), rows <= columns */
static cn_tensor *iterate(const muon *self, cn_tensor *x)
{
    for (int i = 0; i < self->ns_steps; i++) {
        cn_tensor *a = cn_matmul_t(x, x, false, true);
        cn_tensor *b = cn_add(cn_mul(a, self->muon_b), cn_matmul(cn_mul(a, self->muon_c), a));
        x = cn_add(cn_mul(x, self->muon_a), cn_matmul(b, x));
    }
    return x;
}

static cn_tensor *orthogonal(const muon *self, cn_tensor *g)
{
    if (!g)
        return NULL;
    bool tall = g->shape.dim[0] > g->shape.dim[1];
    cn_tensor *x = tall ? cn_swapaxes(g, 0, 1) : g;
    x = cn_div(x, cn_add(cn_sqrt(cn_sum(cn_square(x))), 1e-7));
    x = iterate(self, x);
    return tall ? cn_swapaxes(x, 0, 1) : x;
}

static bool update_matrix(muon *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    cn_tensor *slot = cn_slot(self, w, "momentum");
    cn_tensor *m = cn_assign(slot, cn_add(slot, cn_add(g, cn_mul(slot, self->momentum - 1))));
    cn_tensor *move = orthogonal(self, self->nesterov ? cn_add(g, cn_mul(m, self->momentum)) : m);
    int64_t longer = w->shape.dim[0] > w->shape.dim[1] ? w->shape.dim[0] : w->shape.dim[1];
    if (!CN_IS_NONE(self->rms_rate))
        rate = cn_mul(rate, sqrt((double)longer) * self->rms_rate);
    return cn_assign(w, cn_sub(w, cn_mul(move, rate))) != NULL;
}

static bool update(muon *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    if (!is_for_adam(self, w))
        return update_matrix(self, w, g, rate);
    cn_tensor *m = cn_move_mean(self, w, "momentum", g, self->adam_beta_1);
    cn_tensor *v = cn_move_mean(self, w, "velocity", cn_square(g), self->adam_beta_2);
    rate = self->adam_lr_ratio == 1 ? rate : cn_mul(rate, self->adam_lr_ratio);
    cn_tensor *alpha = cn_mul(rate, cn_cast(self->correction, w->dtype));
    cn_tensor *move = cn_div(cn_mul(m, alpha), cn_add(cn_sqrt(v), self->epsilon));
    return cn_assign(w, cn_sub(w, move)) != NULL;
}

CN_BUILTIN_OPTIMIZER(muon, "Muon", NULL, .init = init, .destroy = destroy, .write_config = write,
                     .build = build, .begin = begin, .update = update, .decay_of = decay_of)
