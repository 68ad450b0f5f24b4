/* Included by pool_kernels.c, once for each of float and double: REAL, NAME. */

/* Output pixels [begin, end) of the batch. */
static void NAME(max)(void *context, size_t begin, size_t end)
{
    const pool_job *job = context;
    const cn_geometry *g = &job->g;
    for (int64_t pixel = (int64_t)begin; pixel < (int64_t)end; pixel++) {
        REAL *y = (REAL *)job->out + pixel * g->channels;
        uint16_t *where = job->where_out ? job->where_out + pixel * g->channels : NULL;
        bool first = true;
        for (int64_t tap = 0; tap < taps_of(g); tap++) {
            int64_t at = read_at(g, pixel, tap);
            const REAL *x = (const REAL *)job->in + at * g->channels;
            for (int64_t c = 0; at >= 0 && c < g->channels; c++)
                if (first || x[c] > y[c] || (x[c] != x[c] && y[c] == y[c])) {
                    y[c] = x[c];
                    if (where)
                        where[c] = (uint16_t)tap;
                }
            first &= at < 0;
        }
    }
}

static void NAME(pick)(void *context, size_t begin, size_t end)
{
    const pool_job *job = context;
    int64_t channels = job->g.channels;
    for (int64_t pixel = (int64_t)begin; pixel < (int64_t)end; pixel++)
        for (int64_t i = pixel * channels, c = 0; c < channels; i++, c++)
            ((REAL *)job->out)[i] =
                ((const REAL *)job->in)[read_at(&job->g, pixel, job->where[i]) * channels + c];
}

static void NAME(average)(void *context, size_t begin, size_t end)
{
    const pool_job *job = context;
    const cn_geometry *g = &job->g;
    for (int64_t pixel = (int64_t)begin; pixel < (int64_t)end; pixel++) {
        REAL *y = (REAL *)job->out + pixel * g->channels;
        int64_t count = 0;
        memset(y, 0, (size_t)g->channels * sizeof *y);
        for (int64_t tap = 0; tap < taps_of(g); tap++) {
            int64_t at = read_at(g, pixel, tap);
            const REAL *x = (const REAL *)job->in + at * g->channels;
            for (int64_t c = 0; at >= 0 && c < g->channels; c++)
                y[c] += x[c];
            count += at >= 0;
        }
        for (int64_t c = 0; c < g->channels; c++)
            y[c] /= (REAL)count;
    }
}

/* Images [begin, end). */
static void NAME(max_grad)(void *context, size_t begin, size_t end)
{
    const pool_job *job = context;
    int64_t channels = job->g.channels, pixels = pixels_of(&job->g);
    for (int64_t pixel = (int64_t)begin * pixels; pixel < (int64_t)end * pixels; pixel++)
        for (int64_t i = pixel * channels, c = 0; c < channels; i++, c++)
            ((REAL *)job->out)[read_at(&job->g, pixel, job->where[i]) * channels + c] +=
                ((const REAL *)job->in)[i];
}

static void NAME(average_grad)(void *context, size_t begin, size_t end)
{
    const pool_job *job = context;
    const cn_geometry *g = &job->g;
    int64_t pixels = pixels_of(g);
    for (int64_t pixel = (int64_t)begin * pixels; pixel < (int64_t)end * pixels; pixel++) {
        const REAL *dy = (const REAL *)job->in + pixel * g->channels;
        int64_t count = 0;
        for (int64_t tap = 0; tap < taps_of(g); tap++)
            count += read_at(g, pixel, tap) >= 0;
        for (int64_t tap = 0; tap < taps_of(g); tap++) {
            int64_t at = read_at(g, pixel, tap);
            REAL *dx = (REAL *)job->out + at * g->channels;
            for (int64_t c = 0; at >= 0 && c < g->channels; c++)
                dx[c] += dy[c] / (REAL)count;
        }
    }
}
