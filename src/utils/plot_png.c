/* Pictures as PNG: strokes drawn on a grey canvas, which is packed by runs of equal bytes.
 * https://www.w3.org/TR/png-3/, RFC 1950, RFC 1951 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/crc32.h"
#include "base/error.h"
#include "utils/plot.h"

/* ---- the canvas ---- */

typedef struct canvas {
    uint8_t *pixels; /* 255: white */
    int width, height;
    double scale;
} canvas;

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* A straight stroke with round ends; what lies half under it gets half of the black. */
static void stroke(canvas *c, const double from[2], const double to[2], double thick)
{
    double x0 = from[0] * c->scale, y0 = from[1] * c->scale;
    double dx = to[0] * c->scale - x0, dy = to[1] * c->scale - y0, reach = thick * c->scale / 2 + 1;
    double length = dx * dx + dy * dy;
    int left = (int)clamp(floor(fmin(x0, x0 + dx) - reach), 0, c->width);
    int right = (int)clamp(ceil(fmax(x0, x0 + dx) + reach), 0, c->width);
    int top = (int)clamp(floor(fmin(y0, y0 + dy) - reach), 0, c->height);
    int bottom = (int)clamp(ceil(fmax(y0, y0 + dy) + reach), 0, c->height);
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++) {
            double px = x + 0.5 - x0, py = y + 0.5 - y0;
            double t = length > 0 ? clamp((px * dx + py * dy) / length, 0, 1) : 0;
            double away = hypot(px - t * dx, py - t * dy);
            double white = clamp(away - reach + 1.5, 0, 1);
            uint8_t *pixel = &c->pixels[(size_t)y * (size_t)c->width + (size_t)x];
            if (white * 255 < *pixel)
                *pixel = (uint8_t)(white * 255);
        }
}

static void write_char(canvas *c, const char *glyph, double x, double y, double thick)
{
    bool begun = false;
    double from[2];
    for (; *glyph; glyph++) {
        if (*glyph == ' ') {
            begun = false;
            continue;
        }
        double to[2] = {x + glyph[0] - '0', y + glyph[1] - '0'};
        stroke(c, begun ? from : to, to, thick);
        memcpy(from, to, sizeof from);
        begun = true;
        glyph++;
    }
}

static void write_text(canvas *c, const char *text, double x, double y, double thick)
{
    x -= CN_PLOT_CHAR * cn_plot_length(text) / 2.0 - 1;
    for (; *text; text++)
        if ((*text & 0xC0) != 0x80) {
            write_char(c, cn_stroke_glyph((unsigned char)*text), x, y, thick);
            x += CN_PLOT_CHAR;
        }
}

static void draw_box(canvas *c, const cn_plot_box *box)
{
    double left = box->x - box->width / 2, right = left + box->width;
    double top = box->y - box->height / 2, bottom = top + box->height;
    double corners[5][2] = {
        {left, top}, {right, top}, {right, bottom}, {left, bottom}, {left, top}};
    for (int i = 0; i < 4; i++)
        stroke(c, corners[i], corners[i + 1], 1);
    double line = top + CN_PLOT_LINE + CN_PLOT_PAD;
    if (box->lines > 1)
        stroke(c, (double[]){left, line}, (double[]){right, line}, 1);
    for (int k = 0; k < box->lines; k++)
        write_text(c, box->text[k], box->x, top + CN_PLOT_LINE * k + CN_PLOT_PAD * (k ? 2 : 1),
                   k ? 0.9 : 1.4);
}

static void draw_edge(canvas *c, const cn_plot *plot, const cn_plot_edge *edge)
{
    enum { PIECES = 16 };
    double p[4][2], from[2], to[2] = {0};
    for (int i = 0; i <= edge->count; i++) {
        cn_plot_curve(plot, edge, i, p);
        for (int k = 0; k <= PIECES; k++) {
            double t = (double)k / PIECES, u = 1 - t;
            memcpy(from, to, sizeof from);
            for (int d = 0; d < 2; d++)
                to[d] = u * u * u * p[0][d] + 3 * u * u * t * p[1][d] + 3 * u * t * t * p[2][d] +
                        t * t * t * p[3][d];
            if (i || k)
                stroke(c, from, to, 1);
        }
    }
    for (int side = -1; side <= 1; side += 2) { /* the tip */
        double tip[2] = {to[0] - (plot->across ? 6 : 3 * side),
                         to[1] - (plot->across ? 3 * side : 6)};
        stroke(c, tip, to, 1);
    }
}

/* ---- packing ---- */

typedef struct packer {
    cn_text *out;
    uint32_t bits, a, b; /* bits that wait; Adler's sums */
    int n_bits;
    int last, run; /* the byte before, and how often it came again */
} packer;

static void put_bits(packer *p, uint32_t value, int count)
{
    p->bits |= value << p->n_bits;
    for (p->n_bits += count; p->n_bits >= 8; p->n_bits -= 8) {
        cn_text_put(p->out, &(char){(char)(p->bits & 255)}, 1);
        p->bits >>= 8;
    }
}

/* Huffman's codes begin with their highest bit. */
static void put_code(packer *p, unsigned code, int count)
{
    while (count--)
        put_bits(p, code >> count & 1, 1);
}

static void put_symbol(packer *p, unsigned symbol)
{
    if (symbol < 144)
        put_code(p, 0x30 + symbol, 8);
    else if (symbol < 256)
        put_code(p, 0x190 + symbol - 144, 9);
    else if (symbol < 280)
        put_code(p, symbol - 256, 7);
    else
        put_code(p, 0xC0 + symbol - 280, 8);
}

/* A run as copies from one byte before, of lengths that have codes of their own. */
static void end_run(packer *p)
{
    while (p->run > 0) {
        int length = p->run >= 258 ? 258 : p->run > 10 ? 10 : p->run;
        if (length < 3) {
            put_symbol(p, (unsigned)p->last);
            length = 1;
        } else {
            put_symbol(p, length == 258 ? 285 : 254 + (unsigned)length);
            put_code(p, 0, 5);
        }
        p->run -= length;
    }
}

static void put_byte(packer *p, uint8_t byte)
{
    p->a = (p->a + byte) % 65521;
    p->b = (p->b + p->a) % 65521;
    if (byte == p->last) {
        p->run++;
        return;
    }
    end_run(p);
    put_symbol(p, byte);
    p->last = byte;
}

static void put_number(char *to, uint32_t n)
{
    for (int i = 0; i < 4; i++)
        to[i] = (char)(n >> (24 - 8 * i) & 255);
}

static void put_chunk(cn_text *out, const char *kind, const char *data, size_t size)
{
    char number[4];
    put_number(number, (uint32_t)size);
    cn_text_put(out, number, 4);
    cn_text_put(out, kind, 4);
    cn_text_put(out, data, size);
    put_number(number, cn_crc32(cn_crc32(0, kind, 4), data, size));
    cn_text_put(out, number, 4);
}

static void encode(const canvas *c, cn_text *out)
{
    cn_text data = {0};
    packer p = {.out = &data, .a = 1, .last = -1};
    cn_text_put(&data, "\x78\x01", 2);
    put_bits(&p, 3, 3); /* the last block, fixed codes */
    for (int y = 0; y < c->height; y++) {
        const uint8_t *row = c->pixels + (size_t)y * (size_t)c->width;
        put_byte(&p, y ? 2 : 0); /* what differs from the row above */
        for (int x = 0; x < c->width; x++)
            put_byte(&p, (uint8_t)(row[x] - (y ? row[x - c->width] : 0)));
    }
    end_run(&p);
    put_symbol(&p, 256);
    put_bits(&p, 0, 7);
    char sum[4], head[13] = {[8] = 8};
    put_number(sum, p.b << 16 | p.a);
    cn_text_put(&data, sum, 4);
    put_number(head, (uint32_t)c->width);
    put_number(head + 4, (uint32_t)c->height);
    cn_text_put(out, "\x89PNG\r\n\x1a\n", 8);
    put_chunk(out, "IHDR", head, sizeof head);
    put_chunk(out, "IDAT", data.text ? data.text : "", data.length);
    put_chunk(out, "IEND", "", 0);
    out->failed |= data.failed;
    cn_mem_free(data.text);
}

bool cn_plot_write_png(const cn_plot *plot, int dpi, cn_text *out)
{
    const double most = 1 << 28;
    canvas c = {.scale = dpi / 96.0};
    double width = ceil(plot->width * c.scale), height = ceil(plot->height * c.scale);
    if (!(dpi > 0 && width * height <= most))
        return cn_fail(CN_EINVAL,
                       "cn_plot_model: a picture of %.0f x %.0f pixels cannot be drawn; choose "
                       "another dpi than %d, or a .svg file",
                       width, height, dpi);
    c.width = (int)width;
    c.height = (int)height;
    c.pixels = cn_mem_alloc((size_t)(width * height));
    if (!c.pixels)
        return false;
    memset(c.pixels, 255, (size_t)(width * height));
    for (int e = 0; e < plot->n_edges; e++)
        draw_edge(&c, plot, &plot->edges[e]);
    for (int i = 0; i < plot->n_boxes; i++)
        if (plot->boxes[i].lines)
            draw_box(&c, &plot->boxes[i]);
    encode(&c, out);
    cn_mem_free(c.pixels);
    return true;
}
