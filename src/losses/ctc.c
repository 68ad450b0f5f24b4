/* Connectionist temporal classification: how likely a network's outputs over time spell a sequence
 * of labels, whatever their places. Class 0 is the blank. https://keras.io/api/losses/ CTC
 *
 * An op of its own: the sums over all alignments are two sweeps over time (alpha forwards, beta
 * backwards, in logarithms), which give the gradient at the same time. */
#include <math.h>

#include "base/threads.h"
#include "losses/loss.h"

/* labels (N, L) int32 padded with 0, logits (N, T, C) float32 -> loss (N,), gradient (N, T, C). */
typedef struct ctc_job {
    const cn_kernel_args *args;
    int64_t labels, steps, classes;
} ctc_job;

/* One sequence: states are blank, label, blank, label, … blank. */
typedef struct sequence {
    const int32_t *labels;
    const float *logits;
    int64_t states, steps, classes;
    double *alpha, *beta, *next, *log_sum; /* (steps, states), (states), (states), (steps) */
} sequence;

static double log_add(double a, double b)
{
    double high = fmax(a, b), low = fmin(a, b);
    return high == -INFINITY ? high : high + log1p(exp(low - high));
}

static int32_t label_of(const sequence *s, int64_t state)
{
    return state % 2 ? s->labels[state / 2] : 0;
}

static double log_prob(const sequence *s, int64_t t, int64_t state)
{
    return (double)s->logits[t * s->classes + label_of(s, state)] - s->log_sum[t];
}

/* May a path go from state - 2 to state, over the blank between? */
static bool may_skip(const sequence *s, int64_t state)
{
    return state >= 3 && state % 2 && label_of(s, state) != label_of(s, state - 2);
}

static void sum_exponentials(sequence *s)
{
    for (int64_t t = 0; t < s->steps; t++) {
        const float *x = s->logits + t * s->classes;
        double top = -INFINITY, sum = 0;
        for (int64_t c = 0; c < s->classes; c++)
            top = fmax(top, x[c]);
        for (int64_t c = 0; c < s->classes; c++)
            sum += exp(x[c] - top);
        s->log_sum[t] = top + log(sum);
    }
}

/* alpha[t][k]: the paths that are in state k at t. */
static void forwards(sequence *s)
{
    for (int64_t k = 0; k < s->states; k++)
        s->alpha[k] = k < 2 ? log_prob(s, 0, k) : -INFINITY;
    for (int64_t t = 1; t < s->steps; t++) {
        const double *before = s->alpha + (t - 1) * s->states;
        for (int64_t k = 0; k < s->states; k++) {
            double sum = before[k];
            if (k >= 1)
                sum = log_add(sum, before[k - 1]);
            if (may_skip(s, k))
                sum = log_add(sum, before[k - 2]);
            s->alpha[t * s->states + k] = sum + log_prob(s, t, k);
        }
    }
}

/* beta[k]: the paths from state k at t to the end, seen from t + 1, where they were `next`. */
static void backwards(sequence *s, int64_t t)
{
    double *old = s->beta;
    s->beta = s->next;
    s->next = old;
    for (int64_t k = 0; k < s->states; k++) {
        double sum = s->next[k] + log_prob(s, t + 1, k);
        if (k + 1 < s->states)
            sum = log_add(sum, s->next[k + 1] + log_prob(s, t + 1, k + 1));
        if (k + 2 < s->states && may_skip(s, k + 2))
            sum = log_add(sum, s->next[k + 2] + log_prob(s, t + 1, k + 2));
        s->beta[k] = sum;
    }
}

/* softmax - how often each class is on the way; 0 where there is no way at all. */
static void gradient(sequence *s, double total, float *out)
{
    for (int64_t k = 0; k < s->states; k++)
        s->beta[k] = k + 2 >= s->states ? 0 : -INFINITY;
    for (int64_t t = s->steps; t--;) {
        float *to = out + t * s->classes;
        if (t + 1 < s->steps)
            backwards(s, t);
        for (int64_t c = 0; c < s->classes; c++)
            to[c] = total == -INFINITY
                        ? 0
                        : (float)exp((double)s->logits[t * s->classes + c] - s->log_sum[t]);
        for (int64_t k = 0; k < s->states && total != -INFINITY; k++)
            to[label_of(s, k)] -= (float)exp(s->alpha[t * s->states + k] + s->beta[k] - total);
    }
}

static size_t doubles_each(const ctc_job *job)
{
    size_t states = 2 * (size_t)job->labels + 1, steps = (size_t)job->steps;
    return steps * states + 2 * states + steps;
}

static void run_sequences(void *context, size_t begin, size_t end)
{
    const ctc_job *job = context;
    const cn_view *in = job->args->in, *out = job->args->out;
    for (size_t n = begin; n < end; n++) {
        sequence s = {.labels = (const int32_t *)in[0].data + n * (size_t)job->labels,
                      .logits = (const float *)in[1].data + n * (size_t)(job->steps * job->classes),
                      .steps = job->steps,
                      .classes = job->classes};
        for (int64_t i = 0; i < job->labels; i++)
            s.states += s.labels[i] != 0;
        s.states = 2 * s.states + 1;
        s.alpha = (double *)job->args->scratch + n * doubles_each(job);
        s.beta = s.alpha + s.states * s.steps;
        s.next = s.beta + s.states;
        s.log_sum = s.next + s.states;
        sum_exponentials(&s);
        forwards(&s);
        const double *last = s.alpha + s.steps * s.states - 1;
        double total = s.states > 1 ? log_add(last[0], last[-1]) : last[0];
        ((float *)out[0].data)[n] = (float)-total;
        if (out[1].data)
            gradient(&s, total, (float *)out[1].data + n * (size_t)(s.steps * s.classes));
    }
}

static ctc_job job_of(cn_shape labels, cn_shape logits)
{
    return (ctc_job){.labels = labels.dim[1], .steps = logits.dim[1], .classes = logits.dim[2]};
}

static bool ctc_run(const cn_kernel_args *args)
{
    const cn_view *labels = &args->in[0], *logits = &args->in[1];
    ctc_job job = {args, labels->dim[1], logits->dim[1], logits->dim[2]};
    const int32_t *label = labels->data;
    for (int64_t i = 0; i < labels->size; i++)
        if (label[i] < 0 || label[i] >= job.classes)
            return cn_fail(CN_EINVAL, "ctc: expected labels from 0 to %lld. Received: %d",
                           (long long)job.classes - 1, (int)label[i]);
    if (!job.steps)
        return cn_fail(CN_EINVAL, "ctc: expected at least one time step, found none");
    cn_parallel_for((size_t)labels->dim[0], 1, run_sequences, &job);
    return true;
}

static size_t ctc_scratch(const cn_tensor *node)
{
    ctc_job job = job_of(node->inputs[0]->shape, node->inputs[1]->shape);
    return (size_t)node->inputs[0]->shape.dim[0] * doubles_each(&job) * sizeof(double);
}

static bool ctc_infer(const cn_tensor *node, cn_results *results)
{
    cn_shape labels = node->inputs[0]->shape, logits = node->inputs[1]->shape;
    if (labels.rank != 2 || logits.rank != 3)
        return cn_fail(CN_EINVAL,
                       "ctc: expected y_true (batch, labels) and y_pred (batch, time, classes). "
                       "Received: y_true.shape=%s, y_pred.shape=%s",
                       cn_shape_text(labels), cn_shape_text(logits));
    results->count = 2;
    results->shape[0] = cn_shape(logits.dim[0]);
    results->shape[1] = logits;
    results->dtype[0] = results->dtype[1] = CN_FLOAT32;
    return true;
}

static bool ctc_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    if (dy[1])
        return cn_fail(CN_EUNSUPPORTED, "not supported: the second derivative of ctc");
    cn_tensor *each = cn_expand_dims(cn_expand_dims(dy[0], -1), -1); /* (N, 1, 1) */
    dx[1] = cn_mul(each, cn_nth_result((cn_tensor *)node, 1));
    return dx[1] != NULL;
}

static const cn_op ctc_op = {.name = "ctc",
                             .traits = CN_FALLIBLE,
                             .infer = ctc_infer,
                             .vjp = ctc_vjp,
                             .run = ctc_run,
                             .extras = &(const cn_op_extras){.scratch = ctc_scratch}};

CN_LOSS_STRUCT(ctc_loss, CN_NO_PARAMS, )
static cn_tensor *call(ctc_loss *self, cn_tensor *y_true, cn_tensor *y_pred)
{
    (void)self;
    cn_dtype dtype = cn_dtype_of(y_pred);
    y_true = cn_cast(y_true, CN_INT32);
    return cn_cast(cn_apply2(&ctc_op, y_true, cn_cast(y_pred, CN_FLOAT32), NULL), dtype);
}
CN_LOSS(ctc_loss, "CTC", NULL, .call = call)
