/* The texts are Keras's, with its clock set to the same times. */
#include "utils/progbar.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/test.h"
#include "callbacks/callback.h"
#include "utils/message.h"

static double seconds;
static double fake_clock(void)
{
    return seconds;
}

/* Shows what a terminal does not: "<3>" for three steps back, "^" for escapes, "=" for a piece of
 * the bar. */
static void show(const char *from, char *to)
{
    while (*from) {
        int back = 0;
        while (*from == '\b') {
            from++;
            back++;
        }
        if (back)
            to += sprintf(to, "<%d>", back);
        else if (!strncmp(from, "\u2501", 3)) {
            *to++ = '=';
            from += 3;
        } else {
            *to++ = *from == '\x1b' ? '^' : *from;
            from++;
        }
    }
    *to = 0;
}

static void check_said(const char *want)
{
    char shown[2000];
    char *said = cn_say_captured();
    show(said, shown);
    check_text(shown, want);
    cn_mem_free(said);
    cn_say_capture();
}

static void update(cn_progbar *bar, double at, int64_t current, const cn_logs *logs, bool last)
{
    seconds = at;
    CHECK(cn_progbar_update(bar, current, logs, last));
}

static const cn_logs *two(cn_logs *logs, double accuracy, double loss)
{
    cn_logs_set(logs, "accuracy", accuracy);
    cn_logs_set(logs, "loss", loss);
    return logs;
}

TEST(progbar_on_a_terminal)
{
    cn_progbar bar = {0};
    cn_logs logs = {0};
    seconds = 0;
    cn_say_capture();
    CHECK(cn_progbar_begin(&bar, 469, 1, true, fake_clock));
    update(&bar, 2.0, 1, two(&logs, 0.1234567, 2.5), false);
    check_said("\r^[1m  1/469^[0m ^[37m====================^[0m ^[1m15:36^[0m 2s/step - "
               "accuracy: 0.1235 - loss: 2.5000");
    update(&bar, 2.04, 2, two(&logs, 0.2, 2.25), false);
    check_said("");
    update(&bar, 2.5, 100, two(&logs, 0.5, -0.0005), false);
    check_said("<76>\r^[1m100/469^[0m ^[32m====^[0m^[37m================^[0m ^[1m1s^[0m 5ms/step"
               " - accuracy: 0.5000 - loss: -5.0000e-04");
    two(&logs, 0.8123, 0.5);
    cn_logs_set(&logs, "val_loss", NAN);
    update(&bar, 3.1, 469, &logs, true);
    check_said("<79>\r^[1m469/469^[0m ^[32m====================^[0m^[37m^[0m ^[1m3s^[0m 2ms/step"
               " - accuracy: 0.8123 - loss: 0.5000 - val_loss: nan\n");
    cn_logs_free(&logs);
    cn_progbar_end(&bar);
    cn_mem_free(cn_say_captured());
}

TEST(progbar_of_unknown_length)
{
    cn_progbar bar = {0};
    cn_logs logs = {0};
    seconds = 0;
    cn_say_capture();
    CHECK(cn_progbar_begin(&bar, -1, 1, true, fake_clock));
    cn_logs_set(&logs, "loss", 1e5);
    update(&bar, 100, 3, &logs, false);
    update(&bar, 4000, 5, NULL, false);
    bar.target = 5;
    update(&bar, 4001, 5, NULL, true);
    check_said("\r      3/Unknown ^[1m100s^[0m 33s/step - loss: 100000.0000<49>\r      5/Unknown "
               "^[1m4000s^[0m 800s/step - loss: 100000.0000<51>\r^[1m5/5^[0m "
               "^[32m====================^[0m^[37m^[0m ^[1m4001s^[0m 800s/step - loss: "
               "100000.0000\n");
    cn_logs_free(&logs);
    cn_progbar_end(&bar);
    cn_mem_free(cn_say_captured());
}

TEST(progbar_tells_hours)
{
    cn_progbar bar = {0};
    seconds = 0;
    cn_say_capture();
    CHECK(cn_progbar_begin(&bar, 2000, 1, true, fake_clock));
    update(&bar, 10, 1, NULL, false);
    update(&bar, 20, 2, NULL, false);
    update(&bar, 21, 1000, NULL, false);
    update(&bar, 121, 1300, NULL, false);
    check_said("\r^[1m   1/2000^[0m ^[37m====================^[0m ^[1m5:33:10^[0m 10s/step<47>\r"
               "^[1m   2/2000^[0m ^[37m====================^[0m ^[1m5:33:00^[0m 10s/step<47>\r"
               "^[1m1000/2000^[0m ^[32m==========^[0m^[37m==========^[0m ^[1m11s^[0m 11ms/step   "
               "<44>\r^[1m1300/2000^[0m ^[32m=============^[0m^[37m=======^[0m ^[1m59s^[0m "
               "85ms/step");
    cn_progbar_end(&bar);
    cn_mem_free(cn_say_captured());
}

TEST(progbar_in_a_file_is_a_line)
{
    cn_progbar bar = {0};
    cn_logs logs = {0};
    seconds = 0;
    cn_say_capture();
    CHECK(cn_progbar_begin(&bar, 20, 2, false, fake_clock));
    cn_logs_set(&logs, "loss", -0.25);
    cn_logs_set(&logs, "a", 0.25);
    cn_logs_set(&logs, "b", 0.0009);
    update(&bar, 0.5, 3, &logs, false);
    check_said("");
    update(&bar, 1.6, 20, &logs, true);
    check_said("20/20 - 2s - 80ms/step - loss: -2.5000e-01 - a: 0.2500 - b: 9.0000e-04\n");
    seconds = 0;
    CHECK(cn_progbar_begin(&bar, 20, 1, false, fake_clock));
    update(&bar, 0.5, 3, &logs, false);
    update(&bar, 1.6, 20, NULL, true);
    check_said("20/20 ==================== 2s 80ms/step - loss: -0.2500 - a: 0.2500 - b: "
               "9.0000e-04\n");
    cn_logs_free(&logs);
    cn_progbar_end(&bar);
    cn_mem_free(cn_say_captured());
}
