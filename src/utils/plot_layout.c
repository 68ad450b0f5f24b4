/* Where the boxes of a picture lie: in rows by how far they are from the beginning; within a row in
 * an order in which few arrows cross; and there as near to their neighbours as they can. Arrows
 * that pass rows have places of their own there. */
#include <string.h>

#include "base/alloc.h"
#include "utils/plot.h"

enum { GAP = 18, ROW_GAP = 26, MARGIN = 10, SWEEPS = 12 };

typedef struct layout {
    cn_plot *plot;
    int (*links)[2]; /* arrows, cut into pieces from one row to the next */
    int n_links, n_ranks;
    int *row, *start; /* the boxes of rank r: row[start[r]] to row[start[r + 1]] */
} layout;

static void rank_boxes(layout *l)
{
    cn_plot *plot = l->plot;
    bool changed = true;
    for (int turn = 0; changed && turn < plot->n_boxes; turn++) {
        changed = false;
        for (int e = 0; e < plot->n_edges; e++) {
            const cn_plot_edge *edge = &plot->edges[e];
            int after = plot->boxes[edge->from].rank + 1;
            if (edge->from < edge->to && plot->boxes[edge->to].rank < after) {
                plot->boxes[edge->to].rank = after;
                changed = true;
            }
        }
    }
}

/* Boxes without lines where an arrow passes a row. */
static bool add_passes(layout *l)
{
    cn_plot *plot = l->plot;
    size_t links = 0;
    for (int e = 0; e < plot->n_edges; e++) {
        int from = plot->edges[e].from, to = plot->edges[e].to;
        int rank = plot->boxes[from].rank, last = plot->boxes[to].rank;
        plot->edges[e].first = plot->n_boxes;
        while (++rank < last) {
            cn_plot_box *box = cn_plot_add_box(plot);
            if (!box)
                return false;
            box->rank = rank;
            plot->edges[e].count++;
        }
        links += (size_t)plot->edges[e].count + 1;
    }
    l->links = cn_mem_calloc(links, sizeof *l->links);
    for (int e = 0; l->links && e < plot->n_edges; e++) {
        const cn_plot_edge *edge = &plot->edges[e];
        int at = edge->from;
        for (int i = 0; i <= edge->count; i++) {
            int next = i < edge->count ? edge->first + i : edge->to;
            l->links[l->n_links][0] = at;
            l->links[l->n_links++][1] = at = next;
        }
    }
    return l->links;
}

static bool fill_rows(layout *l)
{
    cn_plot *plot = l->plot;
    for (int i = 0; i < plot->n_boxes; i++)
        if (plot->boxes[i].rank >= l->n_ranks)
            l->n_ranks = plot->boxes[i].rank + 1;
    l->row = cn_mem_calloc((size_t)plot->n_boxes, sizeof *l->row);
    l->start = cn_mem_calloc((size_t)l->n_ranks + 1, sizeof *l->start);
    for (int r = 0, k = 0; l->row && l->start && r < l->n_ranks; r++) {
        for (int i = 0; i < plot->n_boxes; i++)
            if (plot->boxes[i].rank == r)
                l->row[k++] = i;
        l->start[r + 1] = k;
    }
    return l->row && l->start;
}

/* Each box of the row wants to be in the middle of its neighbours: of those above, below, or all.
 */
static void want(layout *l, int rank, bool above, bool below)
{
    cn_plot_box *boxes = l->plot->boxes;
    for (int k = l->start[rank]; k < l->start[rank + 1]; k++) {
        double sum = 0;
        int count = 0, at = l->row[k];
        for (int i = 0; i < l->n_links; i++)
            for (int side = 0; side < 2; side++)
                if (l->links[i][side] == at && (side ? above : below)) {
                    sum += boxes[l->links[i][!side]].x;
                    count++;
                }
        boxes[at].wanted = count ? sum / count : boxes[at].x;
    }
}

/* By what they want, the first first; x is the place in the row. */
static void sort_row(layout *l, int rank)
{
    cn_plot_box *boxes = l->plot->boxes;
    int *row = l->row + l->start[rank], n = l->start[rank + 1] - l->start[rank];
    for (int i = 1; i < n; i++)
        for (int k = i; k > 0 && boxes[row[k]].wanted < boxes[row[k - 1]].wanted; k--) {
            int other = row[k];
            row[k] = row[k - 1];
            row[k - 1] = other;
        }
    for (int i = 0; i < n; i++)
        boxes[row[i]].x = i - n / 2.0;
}

static void order_rows(layout *l)
{
    for (int r = 0; r < l->n_ranks; r++)
        sort_row(l, r);
    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (int k = 0; k < l->n_ranks; k++) {
            int rank = sweep % 2 ? l->n_ranks - 1 - k : k;
            want(l, rank, !(sweep % 2), sweep % 2);
            sort_row(l, rank);
        }
}

/* As near to what they want as their widths allow: the middle of what comes out from the left and
 * from the right. */
static void place_row(layout *l, int rank)
{
    cn_plot_box *boxes = l->plot->boxes;
    int first = l->start[rank], end = l->start[rank + 1];
    double least = -1e30, most = 1e30;
    for (int k = first; k < end; k++) {
        cn_plot_box *box = &boxes[l->row[k]];
        double x = box->wanted - box->width / 2 > least ? box->wanted : least + box->width / 2;
        least = x + box->width / 2 + GAP;
        box->x = x;
    }
    for (int k = end; k-- > first;) {
        cn_plot_box *box = &boxes[l->row[k]];
        double x = box->wanted + box->width / 2 < most ? box->wanted : most - box->width / 2;
        most = x - box->width / 2 - GAP;
        box->x = (box->x + x) / 2;
    }
}

static void place_rows(layout *l)
{
    for (int r = 0; r < l->n_ranks; r++) {
        want(l, r, true, false);
        place_row(l, r);
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (int k = 0; k < l->n_ranks; k++) {
            int rank = sweep % 2 ? k : l->n_ranks - 1 - k;
            want(l, rank, true, true);
            place_row(l, rank);
        }
}

/* Rows below each other; all from (0, 0) on. */
static void settle(layout *l)
{
    cn_plot *plot = l->plot;
    double y = MARGIN, left = 1e30, right = 0;
    for (int r = 0; r < l->n_ranks; r++) {
        double height = 0;
        for (int k = l->start[r]; k < l->start[r + 1]; k++)
            if (plot->boxes[l->row[k]].height > height)
                height = plot->boxes[l->row[k]].height;
        for (int k = l->start[r]; k < l->start[r + 1]; k++) {
            cn_plot_box *box = &plot->boxes[l->row[k]];
            box->y = y + height / 2;
            box->height = box->lines ? box->height : height; /* arrows pass rows straight */
            left = box->x - box->width / 2 < left ? box->x - box->width / 2 : left;
        }
        y += height + ROW_GAP;
    }
    for (int i = 0; i < plot->n_boxes; i++) {
        cn_plot_box *box = &plot->boxes[i];
        box->x += MARGIN - left;
        right = box->x + box->width / 2 > right ? box->x + box->width / 2 : right;
    }
    plot->width = right + MARGIN;
    plot->height = y - ROW_GAP + MARGIN;
}

/* What goes across is laid out downwards and laid on its side. */
static void turn(cn_plot *plot, bool places)
{
    for (int i = 0; plot->across && i < plot->n_boxes; i++) {
        cn_plot_box box = plot->boxes[i];
        plot->boxes[i].width = box.height;
        plot->boxes[i].height = box.width;
        plot->boxes[i].x = box.y;
        plot->boxes[i].y = box.x;
    }
    if (plot->across && places) {
        double width = plot->width;
        plot->width = plot->height;
        plot->height = width;
    }
}

bool cn_plot_lay_out(cn_plot *plot)
{
    layout l = {.plot = plot};
    rank_boxes(&l);
    bool ok = add_passes(&l) && fill_rows(&l);
    if (ok) {
        turn(plot, false);
        order_rows(&l);
        place_rows(&l);
        settle(&l);
        turn(plot, true);
    }
    cn_mem_free(l.links);
    cn_mem_free(l.row);
    cn_mem_free(l.start);
    return ok;
}

/* The point where arrows leave a box, or come in. */
static void end_of(const cn_plot *plot, int box, bool out, double point[2])
{
    const cn_plot_box *b = &plot->boxes[box];
    point[0] = b->x + (plot->across ? (out ? b->width : -b->width) / 2 : 0);
    point[1] = b->y + (plot->across ? 0 : (out ? b->height : -b->height) / 2);
}

void cn_plot_curve(const cn_plot *plot, const cn_plot_edge *edge, int i, double point[4][2])
{
    int along = plot->across ? 0 : 1;
    end_of(plot, i ? edge->first + i - 1 : edge->from, true, point[0]);
    end_of(plot, i < edge->count ? edge->first + i : edge->to, false, point[3]);
    double middle = (point[0][along] + point[3][along]) / 2;
    for (int k = 1; k <= 2; k++) {
        memcpy(point[k], point[k == 1 ? 0 : 3], sizeof point[k]);
        point[k][along] = middle;
    }
}
