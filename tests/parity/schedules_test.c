/* Every schedule against Keras's values. */
#include "optimizers/schedules/schedule.h"
#include "parity/cases.h"

static void check(const golden_file *file, const cn_json *one)
{
    cn_instance *schedule = case_instance(CN_SCHEDULES, one);
    if (schedule)
        case_close(file, one, cn_schedule_call(schedule, case_array(file, one, "steps")), "values",
                   1e-6);
}

TEST(parity_schedules)
{
    each_case("schedules", check);
}
