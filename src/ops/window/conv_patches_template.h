/* Included by conv_patches.c, once for each of float and double: REAL, GEMM, GEMM_RUN, NAME. */
static void NAME(copy)(void *context, size_t begin, size_t end)
{
    const block *b = context;
    const cn_geometry *g = b->g;
    int64_t channels = g->channels / g->groups, length = cn_patch_length(g);
    for (size_t row = begin; row < end; row++) {
        REAL *to = (REAL *)b->patches + (int64_t)row * length;
        const REAL *image = (const REAL *)b->image + b->group * channels;
        EACH_TAP(g, b->first + (int64_t)row, tap, from, {
            if (from < 0)
                memset(to + tap * channels, 0, (size_t)channels * sizeof(REAL));
            else
                memcpy(to + tap * channels, image + from * g->channels,
                       (size_t)channels * sizeof(REAL));
        });
    }
}

/* Channels [begin, end) of the group: threads share no number, and each is added up in one order.
 */
static void NAME(add)(void *context, size_t begin, size_t end)
{
    const block *b = context;
    const cn_geometry *g = b->g;
    int64_t channels = g->channels / g->groups, length = cn_patch_length(g);
    for (int64_t row = 0; row < b->rows; row++) {
        const REAL *patch = (const REAL *)b->patches + row * length;
        REAL *image = (REAL *)b->to + b->group * channels;
        EACH_TAP(g, b->first + row, tap, at, {
            for (size_t c = begin; at >= 0 && c < end; c++)
                image[at * g->channels + (int64_t)c] += patch[tap * channels + (int64_t)c];
        });
    }
}

static void NAME(copy_block)(block *b)
{
    int64_t left = pixels_of(b->g) - b->first, length = cn_patch_length(b->g);
    b->rows = cn_patch_rows(b->g) < left ? cn_patch_rows(b->g) : left;
    cn_parallel_for((size_t)b->rows, (size_t)(16384 / (length + 1) + 1), NAME(copy), b);
}

bool NAME(cn_patches_forward)(const cn_geometry *g, const REAL *x, const REAL *w, const REAL *bias,
                              cn_tile_activation activation, const cn_epilogue *end, REAL *y,
                              REAL *patches)
{
    int64_t filters = g->filters / g->groups, length = cn_patch_length(g);
    block b = {.g = g, .image = x, .patches = patches};
    for (b.group = 0; b.group < g->groups; b.group++)
        for (b.first = 0; b.first < pixels_of(g); b.first += b.rows) {
            NAME(copy_block)(&b);
            GEMM m = CN_GEMM(b.rows, filters, length, patches, w + b.group * filters,
                             y + b.first * g->filters + b.group * filters);
            m.ldb = m.ldc = g->filters;
            m.bias = bias ? bias + b.group * filters : NULL;
            m.activation = activation;
            m.end = end;
            if (!GEMM_RUN(&m))
                return false;
        }
    return true;
}

bool NAME(cn_patches_input_grad)(const cn_geometry *g, const REAL *dy, const REAL *w, REAL *dx,
                                 REAL *patches)
{
    int64_t filters = g->filters / g->groups, length = cn_patch_length(g);
    int64_t size = g->batch * g->in[0] * g->in[1] * g->in[2] * g->channels;
    block b = {.g = g, .patches = patches, .to = dx};
    memset(dx, 0, (size_t)size * sizeof *dx);
    for (b.group = 0; b.group < g->groups; b.group++)
        for (b.first = 0; b.first < pixels_of(g); b.first += b.rows) {
            int64_t left = pixels_of(g) - b.first;
            b.rows = cn_patch_rows(g) < left ? cn_patch_rows(g) : left;
            GEMM m = CN_GEMM(b.rows, length, filters, dy + b.first * g->filters + b.group * filters,
                             w + b.group * filters, patches);
            m.transpose_b = true;
            m.lda = m.ldb = g->filters;
            if (!GEMM_RUN(&m))
                return false;
            cn_parallel_for((size_t)(g->channels / g->groups), 16, NAME(add), &b);
        }
    return true;
}

bool NAME(cn_patches_kernel_grad)(const cn_geometry *g, const REAL *x, const REAL *dy, REAL *dw,
                                  REAL *patches)
{
    int64_t filters = g->filters / g->groups, length = cn_patch_length(g);
    block b = {.g = g, .image = x, .patches = patches};
    memset(dw, 0, (size_t)(length * g->filters) * sizeof *dw);
    for (b.group = 0; b.group < g->groups; b.group++)
        for (b.first = 0; b.first < pixels_of(g); b.first += b.rows) {
            NAME(copy_block)(&b);
            GEMM m = CN_GEMM(length, filters, b.rows, patches,
                             dy + b.first * g->filters + b.group * filters, dw + b.group * filters);
            m.transpose_a = true;
            m.lda = length;
            m.ldb = m.ldc = g->filters;
            m.beta = b.first > 0;
            if (!GEMM_RUN(&m))
                return false;
        }
    return true;
}
