/* Pictures as text: DOT for Graphviz, SVG. */
#include <string.h>

#include "utils/plot.h"

static void put_escaped(cn_text *out, const char *text, const char *escaped,
                        const char *const *with)
{
    for (; *text; text++) {
        const char *found = strchr(escaped, *text);
        if (found)
            cn_text_add(out, "%s", with[found - escaped]);
        else
            cn_text_put(out, text, 1);
    }
}

void cn_plot_write_dot(const cn_plot *plot, cn_text *out)
{
    static const char *const with[] = {"\\\"", "\\\\"};
    cn_text_add(out,
                "digraph model {\n  rankdir=%s;\n  node [shape=box, fontname=\"Helvetica\"];\n",
                plot->across ? "LR" : "TB");
    for (int i = 0; i < plot->n_boxes; i++) {
        const cn_plot_box *box = &plot->boxes[i];
        for (int k = 0; k < box->lines; k++) {
            cn_text_add(out, k ? "\\n" : "  n%d [label=\"", i);
            put_escaped(out, box->text[k], "\"\\", with);
        }
        cn_text_add(out, "%s", box->lines ? "\"];\n" : "");
    }
    for (int e = 0; e < plot->n_edges; e++)
        cn_text_add(out, "  n%d -> n%d;\n", plot->edges[e].from, plot->edges[e].to);
    cn_text_add(out, "}\n");
}

static void put_box(cn_text *out, const cn_plot_box *box)
{
    static const char *const with[] = {"&lt;", "&gt;", "&amp;"};
    double left = box->x - box->width / 2, top = box->y - box->height / 2;
    cn_text_add(out, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>\n", left, top,
                box->width, box->height);
    if (box->lines > 1)
        cn_text_add(out, "<path d=\"M%.2f %.2fh%.2f\"/>\n", left, top + CN_PLOT_LINE + CN_PLOT_PAD,
                    box->width);
    for (int k = 0; k < box->lines; k++) {
        double y = top + CN_PLOT_LINE * (k + 1) + (k ? CN_PLOT_PAD : 0);
        cn_text_add(out, "<text x=\"%.2f\" y=\"%.2f\"%s>", box->x, y,
                    k ? "" : " font-weight=\"bold\"");
        put_escaped(out, box->text[k], "<>&", with);
        cn_text_add(out, "</text>\n");
    }
}

void cn_plot_write_svg(const cn_plot *plot, cn_text *out)
{
    cn_text_add(out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\">\n"
                "<defs><marker id=\"tip\" markerWidth=\"8\" markerHeight=\"8\" refX=\"7\" "
                "refY=\"3\" orient=\"auto\"><path d=\"M0 0L7 3L0 6z\" "
                "fill=\"black\"/></marker></defs>\n"
                "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
                "<g fill=\"none\" stroke=\"black\">\n",
                plot->width, plot->height);
    for (int e = 0; e < plot->n_edges; e++) {
        const cn_plot_edge *edge = &plot->edges[e];
        for (int i = 0; i <= edge->count; i++) {
            double p[4][2];
            cn_plot_curve(plot, edge, i, p);
            cn_text_add(out, "%s%.2f %.2f", i ? "L" : "<path d=\"M", p[0][0], p[0][1]);
            cn_text_add(out, "C%.2f %.2f %.2f %.2f %.2f %.2f", p[1][0], p[1][1], p[2][0], p[2][1],
                        p[3][0], p[3][1]);
        }
        cn_text_add(out, "\" marker-end=\"url(#tip)\"/>\n");
    }
    cn_text_add(out, "</g>\n<g fill=\"white\" stroke=\"black\" font-family=\"monospace\" "
                     "font-size=\"10\" text-anchor=\"middle\">\n"
                     "<style>text{fill:black;stroke:none}</style>\n");
    for (int i = 0; i < plot->n_boxes; i++)
        if (plot->boxes[i].lines)
            put_box(out, &plot->boxes[i]);
    cn_text_add(out, "</g>\n</svg>\n");
}
