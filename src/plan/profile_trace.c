/* The trace of a profile: Chrome's events, a line each. */
#include "base/alloc.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "plan/profile_trace.h"

static void add_quoted(cn_text *line, const char *text)
{
    cn_json *json = cn_json_string(text ? text : "");
    char *quoted = json ? cn_json_text(json, 0) : NULL;
    line->failed |= !quoted;
    cn_text_add(line, "%s", quoted ? quoted : "");
    cn_mem_free(quoted);
    cn_json_free(json);
}

static bool write_event(cn_file_writer *file, const cn_profile_event *e, const char *comma)
{
    cn_text line = {0};
    cn_text_add(&line,
                "%s\n{\"ph\": \"X\", \"pid\": 1, \"tid\": %d, \"ts\": %.3f, \"dur\": %.3f, "
                "\"cat\": \"kernel\", \"name\": ",
                comma, e->thread, 1e-3 * (double)e->start, 1e-3 * (double)e->nanoseconds);
    add_quoted(&line, e->row->name);
    cn_text_add(&line, ", \"args\": {\"shapes\": ");
    add_quoted(&line, e->row->shapes);
    cn_text_add(&line, ", \"layer\": ");
    add_quoted(&line, e->row->layer);
    cn_text_add(&line, "}}");
    bool ok = !line.failed && cn_file_write(file, line.text, line.length);
    cn_mem_free(line.text);
    return ok;
}

bool cn_profile_trace(const char *path, const cn_profile_event *events, int n)
{
    static const char begin[] = "{\"displayTimeUnit\": \"ns\", \"traceEvents\": [",
                      end[] = "\n]}\n";
    const char *comma = "";
    cn_file_writer *file = cn_file_begin(path);
    bool ok = cn_file_write(file, begin, sizeof begin - 1);
    for (int i = 0; i < n && ok; i++)
        if (events[i].row) { /* else its thread is still at it */
            ok = write_event(file, &events[i], comma);
            comma = ",";
        }
    if (ok && cn_file_write(file, end, sizeof end - 1))
        return cn_file_end(file);
    cn_file_abort(file);
    return false;
}
