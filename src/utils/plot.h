/* A picture of boxes and arrows: what is drawn, where it lies, and who writes it down. Lengths are
 * pixels of an SVG, 96 to the inch. */
#ifndef CN_UTILS_PLOT_H
#define CN_UTILS_PLOT_H

#include "base/text.h"

enum { CN_PLOT_LINES = 8, CN_PLOT_LINE = 14, CN_PLOT_CHAR = 6, CN_PLOT_PAD = 7 };

typedef struct cn_plot_box {
    const void *shows;          /* a layer, or an op between layers */
    char *text[CN_PLOT_LINES];  /* owned; the first is the title */
    int lines;                  /* 0: a place where an arrow passes by */
    double x, y, width, height; /* x and y of the middle */
    double wanted;              /* where its neighbours would have it */
    int rank;
} cn_plot_box;

typedef struct cn_plot_edge {
    int from, to;
    int first, count; /* the boxes that it passes */
} cn_plot_edge;

typedef struct cn_plot {
    cn_plot_box *boxes;
    cn_plot_edge *edges;
    int n_boxes, n_edges;
    size_t boxes_room, edges_room;
    double width, height;
    bool across; /* from left to right */
} cn_plot;

/* One more, all zero; NULL: no memory. */
cn_plot_box *cn_plot_add_box(cn_plot *plot);
bool cn_plot_add_edge(cn_plot *plot, int from, int to);
void cn_plot_free(cn_plot *plot);
/* How many characters of UTF-8. */
int cn_plot_length(const char *text);

/* Gives all boxes their places. Boxes stand in an order in which arrows go forward, if they can. */
bool cn_plot_lay_out(cn_plot *plot);
/* The i-th of an edge's 1 + count curves, Bezier's: x and y of four points. */
void cn_plot_curve(const cn_plot *plot, const cn_plot_edge *edge, int i, double point[4][2]);

void cn_plot_write_dot(const cn_plot *plot, cn_text *out);
void cn_plot_write_svg(const cn_plot *plot, cn_text *out);
/* False with an error: too many pixels, no memory. */
bool cn_plot_write_png(const cn_plot *plot, int dpi, cn_text *out);

/* The strokes of a character, on 4 by 8 places: "0646 1333" are two lines, of points xy. */
const char *cn_stroke_glyph(unsigned char c);

#endif
