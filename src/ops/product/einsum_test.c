/* Einstein's sums and products over axes, against NumPy's numbers. */
#include "ops/golden_test.h"
#include "ops/gradient_check.h"
#include "ops/products.h"

#include <stdio.h>

static const struct {
    cn_str equation;
    int count;
    cn_shape in[3], out;
    double sum;
} sums[] = {
    {"ij,jk->ik", 2, {{2, {2, 3}}, {2, {3, 4}}}, {2, {2, 4}}, -72},
    {"ij,jk", 2, {{2, {2, 3}}, {2, {3, 4}}}, {2, {2, 4}}, -72},
    {"ij,kj->ki", 2, {{2, {2, 3}}, {2, {4, 3}}}, {2, {4, 2}}, -113},
    {"ij->ji", 1, {{2, {2, 3}}}, {2, {3, 2}}, -55},
    {"ii", 1, {{2, {3, 3}}}, {0, {0}}, 4},
    {"ii->i", 1, {{2, {3, 3}}}, {1, {3}}, 33},
    {"iji->j", 1, {{3, {2, 3, 2}}}, {1, {3}}, -45},
    {"ij->", 1, {{2, {2, 3}}}, {0, {0}}, 5},
    {"i,j->ij", 2, {{1, {2}}, {1, {3}}}, {2, {2, 3}}, -128},
    {"i,i->", 2, {{1, {3}}, {1, {3}}}, {0, {0}}, 13},
    {"bqhd,bkhd->bhqk", 2, {{4, {2, 3, 2, 4}}, {4, {2, 5, 2, 4}}}, {4, {2, 2, 3, 5}}, -708},
    {"bhqk,bkhd->bqhd", 2, {{4, {2, 2, 3, 5}}, {4, {2, 5, 2, 4}}}, {4, {2, 3, 2, 4}}, -336},
    {"...ij,...jk->...ik", 2, {{4, {2, 1, 3, 2}}, {3, {4, 2, 3}}}, {4, {2, 4, 3, 3}}, 182},
    {"...ij,jk->...ik", 2, {{4, {2, 2, 3, 2}}, {2, {2, 3}}}, {4, {2, 2, 3, 3}}, -218},
    {"abc,cde->abde", 2, {{3, {2, 3, 4}}, {3, {4, 2, 3}}}, {4, {2, 3, 2, 3}}, -175},
    {"abcd,bd->ac", 2, {{4, {2, 3, 2, 4}}, {2, {3, 4}}}, {2, {2, 2}}, 188},
    {"acb,dbc->da", 2, {{3, {2, 3, 4}}, {3, {2, 4, 3}}}, {2, {2, 2}}, 590},
    {"ij,ij->ij", 2, {{2, {2, 3}}, {2, {2, 3}}}, {2, {2, 3}}, -36},
    {"ij,j->i", 2, {{2, {2, 3}}, {1, {3}}}, {1, {2}}, 93},
    {"ij,jk,kl->il", 3, {{2, {2, 3}}, {2, {3, 4}}, {2, {4, 2}}}, {2, {2, 2}}, -545},
    {"ij,ik,il->jkl", 3, {{2, {2, 3}}, {2, {2, 4}}, {2, {2, 2}}}, {3, {3, 4, 2}}, 313},
    {"ij,kj,j->ik", 3, {{2, {2, 3}}, {2, {4, 3}}, {1, {3}}}, {2, {2, 4}}, -78},
    {"i...->...", 1, {{3, {3, 2, 2}}}, {2, {2, 2}}, 85},
    {"b...,b->b...", 2, {{3, {3, 2, 2}}, {1, {3}}}, {3, {3, 2, 2}}, 287},
    {"ij,jj->i", 2, {{2, {2, 3}}, {2, {3, 3}}}, {1, {2}}, 90},
    {"ab,cd->", 2, {{2, {2, 3}}, {2, {3, 2}}}, {0, {0}}, 15},
    {"...,...->...", 2, {{2, {2, 3}}, {1, {3}}}, {2, {2, 3}}, -48},
    {"ij,j->ij", 2, {{2, {2, 1}}, {1, {4}}}, {2, {2, 4}}, -160},
    {"ij,kj->ik", 2, {{2, {2, 1}}, {2, {3, 4}}}, {2, {2, 3}}, -112},
    {" ij , jk -> ik ", 2, {{2, {2, 3}}, {2, {3, 4}}}, {2, {2, 4}}, -72},
    {"abcd,efcd->abef", 2, {{4, {2, 2, 3, 2}}, {4, {3, 2, 3, 2}}}, {4, {2, 2, 3, 2}}, 255},
    {"Ab,bC", 2, {{2, {2, 3}}, {2, {3, 4}}}, {2, {2, 4}}, -72},
};

static void compare(size_t i, cn_dtype dtype)
{
    cn_list *list = cn_list_new();
    for (int k = 0; k < sums[i].count; k++)
        cn_list_add(list, numbers(sums[i].in[k], dtype, k + 1));
    cn_tensor *y = cn_einsum(sums[i].equation, list);
    bool same = y && cn_shape_equal(cn_shape_of(y), sums[i].out) && y->dtype == dtype &&
                checksum(y) == sums[i].sum;
    char what[120];
    snprintf(what, sizeof what, "%s gives %s, sum %g", sums[i].equation,
             cn_shape_text(cn_shape_of(y)), checksum(y));
    cn_test_check(same, what, __FILE__, __LINE__);
}

TEST(einsum_gives_what_numpy_gives)
{
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        CN_SCOPE
            compare(i, CN_FLOAT32);
        CN_SCOPE
            compare(i, CN_INT64);
    }
}

static cn_tensor *attention(cn_tensor *const *x)
{
    return cn_einsum("bqhd,bkhd->bhqk", cn_list_of(x[0], x[1]));
}

static cn_tensor *chain(cn_tensor *const *x)
{
    return cn_einsum("ij,kj,jl->il", cn_list_of(x[0], x[1], x[2]));
}

static cn_tensor *trace(cn_tensor *const *x)
{
    return cn_einsum("...ii->...", cn_list_of(x[0]));
}

TEST(einsum_gradients)
{
    CN_SCOPE {
        check_gradients(attention, gradient_values(cn_shape(1, 2, 2, 2), 1),
                        gradient_values(cn_shape(1, 3, 2, 2), 2));
        check_gradients(chain, gradient_values(cn_shape(2, 3), 1),
                        gradient_values(cn_shape(2, 3), 2), gradient_values(cn_shape(3, 2), 3));
        check_first_gradients(trace, gradient_values(cn_shape(2, 3, 3), 1));
    }
}

/* Two unknown sizes on the way to several axes, as a layer's projections have them. */
TEST(einsum_of_unknown_sizes)
{
    CN_SCOPE {
        cn_tensor *x = cn_placeholder(cn_shape(CN_ANY, CN_ANY, 4), CN_FLOAT32, true);
        cn_tensor *w = cn_zeros(cn_shape(4, 2, 3), CN_FLOAT32);
        cn_tensor *y = cn_einsum("abc,cde->abde", cn_list_of(x, w));
        CHECK(cn_shape_equal(cn_shape_of(y), cn_shape(CN_ANY, CN_ANY, 2, 3)));
        cn_tensor *scores = cn_einsum("bqhd,bkhd->bhqk", cn_list_of(y, y));
        CHECK(cn_shape_equal(cn_shape_of(scores), cn_shape(CN_ANY, 2, CN_ANY, CN_ANY)));
        cn_tensor *g = cn_list_item(cn_gradients(cn_sum(scores), cn_list_of(x)), 0);
        CHECK(cn_shape_equal(cn_shape_of(g), cn_shape_of(x)));
        y = cn_tensordot(x, w, (cn_axes){{-1}}, (cn_axes){{0}});
        CHECK(cn_shape_equal(cn_shape_of(y), cn_shape(CN_ANY, CN_ANY, 2, 3)));
    }
}

TEST(einsum_messages)
{
    CN_SCOPE {
        cn_tensor *a = cn_zeros(cn_shape(2, 3), CN_FLOAT32);
        CHECK(!cn_einsum("ij,jk->ik", cn_list_of(a, a)));
        check_error("cn_einsum: axis 1 of (2, 3) and axis 0 of (2, 3) have one label");
        CHECK(!cn_einsum("ijk->i", cn_list_of(a)));
        check_error("cn_einsum: \"ijk->i\": term 0 has 3 axes, its tensor shape (2, 3)");
        CHECK(!cn_einsum("ij->ik", cn_list_of(a)));
        check_error("cn_einsum: \"ij->ik\": the result has a letter that no term has, or has it "
                    "twice");
        CHECK(!cn_einsum("i1->i", cn_list_of(a)));
        check_error("cn_einsum: \"i1->i\": expected letters, \"...\", \",\" and \"->\"");
        CHECK(!cn_einsum("ij", cn_list_of(a, a)));
        check_error("cn_einsum: \"ij\": expected one term for each tensor");
        CHECK(!cn_einsum("ii", cn_list_of(a)));
        check_error("cn_einsum: axes 0 and 1 of (2, 3) have one label");
        CHECK(!cn_einsum("ij->i->j", cn_list_of(a)));
        check_error("cn_einsum: \"ij->i->j\": expected nothing after the result");
    }
}

static void check_dot(cn_shape a, cn_shape b, cn_axes of_a, cn_axes of_b, cn_shape out, double sum)
{
    CN_SCOPE {
        cn_tensor *y =
            cn_tensordot(numbers(a, CN_FLOAT32, 1), numbers(b, CN_FLOAT32, 2), of_a, of_b);
        CHECK(y && cn_shape_equal(cn_shape_of(y), out) && checksum(y) == sum);
    }
}

TEST(tensordot_gives_what_numpy_gives)
{
    cn_axes all = CN_ALL_AXES;
    check_dot(cn_shape(2, 3, 4), cn_shape(4, 3, 5), (cn_axes){{2, 1}}, (cn_axes){{0, 1}},
              cn_shape(2, 5), 112);
    check_dot(cn_shape(2, 3, 4), cn_shape(2, 3, 5), (cn_axes){{0, 1}}, (cn_axes){{0, 1}},
              cn_shape(4, 5), 562);
    check_dot(cn_shape(3, 2), cn_shape(2, 3), (cn_axes){{0, 1}}, (cn_axes){{1, 0}}, CN_SCALAR, 6);
    check_dot(cn_shape(3, 2), cn_shape(2, 3), (cn_axes){{1, 0}}, all, CN_SCALAR, 6);
    check_dot(cn_shape(2, 3, 4), cn_shape(4, 5), (cn_axes){{-1}}, (cn_axes){{0}}, cn_shape(2, 3, 5),
              588);
    CN_SCOPE {
        cn_tensor *a = numbers(cn_shape(2, 3), CN_FLOAT32, 1), *two = cn_values(CN_SCALAR, 2);
        CHECK(checksum(cn_dot_product(a, numbers(cn_shape(4, 3, 2), CN_FLOAT32, 2))) == 245);
        CHECK(cn_item(cn_sum(cn_dot_product(two, a))) == 2 * cn_item(cn_sum(a)));
        CHECK(!cn_tensordot(a, a, (cn_axes){{1}}, (cn_axes){{0}}));
        check_error("cn_tensordot: axis 1 of (2, 3) and axis 0 of (2, 3) differ in size");
        CHECK(!cn_tensordot(a, a, (cn_axes){{1, 1}}, (cn_axes){{0, 1}}));
        check_error("cn_tensordot: axis 1 is named twice");
    }
}
