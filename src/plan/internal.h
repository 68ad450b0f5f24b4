/* A plan's insides. */
#ifndef CN_PLAN_INTERNAL_H
#define CN_PLAN_INTERNAL_H

#include <stdatomic.h>
#include <stdio.h>

#include "base/text.h"
#include "plan/cluster.h"
#include "plan/ir.h"
#include "plan/plan.h"

typedef struct cn_step {
    const char *name, *layer;
    cn_kernel run;
    cn_kernel_args args; /* in and out are set in each run's copy */
    size_t view;         /* its first view; inputs, then outputs */
    size_t scratch;      /* offset in the arena */
    bool has_scratch;
    void *attrs;
    cn_cluster *cluster;
    double (*flops)(const cn_kernel_args *args); /* the op's; NULL: see cn_op */
    struct cn_profile_row *profile;              /* where its times are added up, or NULL */
} cn_step;

/* A view whose memory differs from run to run. */
typedef struct cn_patch {
    cn_place place;
    size_t view;
    int index;
    size_t offset;
    cn_variable_state *variable;
} cn_patch;

/* A value that becomes a variable's when all steps are done; before these, old values that are
 * outputs. */
typedef struct cn_copy_back {
    size_t view;
    cn_variable_state *variable; /* NULL: */
    size_t kept;                 /* the view of the output's own memory */
    bool in_place;               /* it lies there already */
} cn_copy_back;

typedef struct cn_plan_result {
    size_t view;
    bool external;
} cn_plan_result;

typedef struct cn_stage cn_stage;

struct cn_plan {
    cn_object object;
    cn_step *steps;
    cn_view *views;
    cn_patch *patches;
    cn_copy_back *copies;
    cn_plan_result *outputs;
    size_t n_steps, n_views, n_patches, n_copies, n_outputs, n_inputs, arena;
    cn_list *held;   /* constants, variables, what ops prepared */
    cn_stage *stage; /* what comes after the steps, once late shapes are known; or NULL; held */
    _Atomic(cn_plan_run *) spare;
};

/* Memory that a kernel asked for: cn_result_room. */
typedef struct cn_room {
    cn_view *view;
    void *data;
    size_t size;
} cn_room;

struct cn_plan_run {
    cn_plan *plan;
    char *arena;
    cn_view *views;
    cn_kernel_args *args;
    cn_patch *moving; /* the patches that change from run to run */
    size_t n_moving;
    cn_room *rooms;
    size_t n_rooms;
    cn_plan *next_plan; /* of the stage behind, as last time; held */
    cn_plan_run *next;
    const void **next_inputs;
};

void cn_plan_run_free(cn_plan_run *run);

/* The plan of a request that has late shapes: the steps up to there, and a stage for the rest. */
cn_plan *cn_plan_build_staged(const cn_plan_request *request);
/* Runs what comes after the steps of run->plan. */
bool cn_stage_run(cn_plan_run *run, const void *const *inputs, void *const *outputs);
/* Output i as far as it is known beforehand. */
const cn_view *cn_stage_expected(const cn_stage *stage, size_t i);
bool cn_stage_is_external(const cn_stage *stage, size_t i);
size_t cn_stage_output_count(const cn_stage *stage);
/* Its name, or those of a cluster's ops. */
void cn_step_name(const cn_step *step, cn_text *text);
/* Shapes and dtypes of what it reads and writes, as far as known before running. */
void cn_step_shapes(const cn_plan *plan, const cn_step *step, cn_text *text);
void cn_plan_print(const cn_plan *plan, FILE *file);

#endif
