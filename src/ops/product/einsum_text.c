#include "ops/product/einsum.h"

#include <string.h>

static bool refuse(cn_str equation, const char *why)
{
    return cn_fail(CN_EINVAL, "cn_einsum: \"%s\": %s", equation, why);
}

static int label_of(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : -1;
}

static bool add_label(cn_einsum_term *term, int label)
{
    if (term->rank == CN_MAX_RANK)
        return false;
    term->label[term->rank++] = label;
    return true;
}

/* One term up to a comma, an arrow or the end; "..." stands for `dots` axes, or (dots < 0) for as
 * many as `rank` leaves. Returns what follows it, NULL after an error. */
static cn_str read_term(cn_str equation, cn_str at, int rank, int dots, cn_einsum_term *term)
{
    int letters = 0;
    bool seen = false, fits = true;
    term->rank = 0;
    for (cn_str p = at; *p && *p != ',' && *p != '-'; p++)
        letters += label_of(*p) >= 0;
    for (; *at && *at != ',' && *at != '-'; at++) {
        if (*at == ' ')
            continue;
        if (!strncmp(at, "...", 3) && !seen) {
            int n = dots >= 0 ? dots : rank - letters;
            for (int i = n; i-- > 0;)
                fits &= add_label(term, CN_EINSUM_LETTERS + i);
            seen = true;
            at += 2;
        } else if (label_of(*at) >= 0) {
            fits &= add_label(term, label_of(*at));
        } else {
            return refuse(equation, "expected letters, \"...\", \",\" and \"->\""), NULL;
        }
    }
    if (!fits)
        return refuse(equation, "a term has more than 8 axes"), NULL;
    return at;
}

/* The result that is not written: labels of "...", then letters that occur once. */
static bool implicit_result(cn_str equation, cn_einsum_plan *plan, int dots)
{
    int times[CN_EINSUM_LETTERS] = {0};
    bool fits = true;
    for (int t = 0; t < plan->count; t++)
        for (int i = 0; i < plan->in[t].rank; i++)
            if (plan->in[t].label[i] < CN_EINSUM_LETTERS)
                times[plan->in[t].label[i]]++;
    for (int i = dots; i-- > 0;)
        fits &= add_label(&plan->out, CN_EINSUM_LETTERS + i);
    for (int l = 0; l < CN_EINSUM_LETTERS; l++)
        if (times[l] == 1)
            fits &= add_label(&plan->out, l);
    return fits || refuse(equation, "the result has more than 8 axes");
}

/* Every label of the result stands in a term, and once in the result. */
static bool check_result(cn_str equation, const cn_einsum_plan *plan)
{
    bool known[CN_EINSUM_LABELS] = {false};
    for (int t = 0; t < plan->count; t++)
        for (int i = 0; i < plan->in[t].rank; i++)
            known[plan->in[t].label[i]] = true;
    for (int i = 0; i < plan->out.rank; i++) {
        if (!known[plan->out.label[i]])
            return refuse(equation, "the result has a letter that no term has, or has it twice");
        known[plan->out.label[i]] = false;
    }
    return true;
}

bool cn_einsum_read(cn_str equation, const cn_list *tensors, cn_einsum_plan *plan)
{
    size_t count = cn_list_length(tensors);
    int dots = 0;
    memset(plan, 0, sizeof *plan);
    if (!count || count > CN_EINSUM_TERMS)
        return cn_fail(CN_EINVAL, "cn_einsum: expected 1 to %d tensors, found %zu", CN_EINSUM_TERMS,
                       count);
    cn_str at = equation;
    for (size_t t = 0; t < count; t++) {
        const cn_tensor *x = cn_list_item(tensors, t);
        cn_einsum_term *term = &plan->in[plan->count++];
        at = read_term(equation, at, x->shape.rank, -1, term);
        if (!at)
            return false;
        if (term->rank != x->shape.rank)
            return cn_fail(CN_EINVAL,
                           "cn_einsum: \"%s\": term %zu has %d axes, its tensor shape %s", equation,
                           t, term->rank, cn_shape_text(x->shape));
        for (int i = 0; i < term->rank; i++)
            if (term->label[i] - CN_EINSUM_LETTERS >= dots)
                dots = term->label[i] - CN_EINSUM_LETTERS + 1;
        if (t + 1 < count ? *at++ != ',' : *at && strncmp(at, "->", 2))
            return refuse(equation, "expected one term for each tensor");
    }
    if (!*at)
        return implicit_result(equation, plan, dots);
    at = read_term(equation, at + 2, 0, dots, &plan->out);
    if (at && *at)
        return refuse(equation, "expected nothing after the result");
    return at && check_result(equation, plan);
}
