"""Cases of attention layers."""

import numpy as np
from keras import layers

from golden.layer_case import LayerCases
from golden.store import normal

QUERY_MASK = np.array([[1, 1, 1, 0], [0, 1, 1, 1]], bool)
VALUE_MASK = np.array([[1, 1, 0], [0, 1, 1]], bool)
HEADS = ("query", "value", "key", "attention_mask")


def add_cases(store):
    cases = LayerCases(store)
    plain(cases, "Attention")
    plain(cases, "AdditiveAttention")
    attention(cases)
    multi_head(cases)
    group_query(cases)


def plain(cases, name):
    kind = getattr(layers, name)
    query, value, key = normal(2, 4, 5), normal(2, 3, 5), normal(2, 3, 5)
    masks = [QUERY_MASK, VALUE_MASK]
    shown = {"return_attention_scores": True}
    cases(f"{name}.plain", kind, query, value)
    cases(f"{name}.key", kind, query, value, key, arguments=shown)
    cases(f"{name}.masks", kind, query, value, masks=masks, arguments=shown)
    cases(f"{name}.query_mask", kind, query, value, key, masks=[QUERY_MASK, None, None])
    cases(f"{name}.causal", kind, query, value, masks=[None, VALUE_MASK],
          arguments={"use_causal_mask": True})
    cases(f"{name}.no_scale", lambda: kind(use_scale=False, dropout=0.3), query, value)
    cases(f"{name}.float64", lambda: kind(use_scale=True, dtype="float64"),
          query.astype("float64"), value.astype("float64"))


def attention(cases):
    query, value = normal(2, 4, 5), normal(2, 3, 5)
    cases("Attention.concat", lambda: layers.Attention(score_mode="concat"), query, value)
    cases("Attention.concat_scale",
          lambda: layers.Attention(use_scale=True, score_mode="concat"), query, value)
    cases("Attention.wide_value", layers.Attention, query, normal(2, 3, 7), normal(2, 3, 5))


def of_heads(cases, name, make):
    """`make` takes further options."""
    query, value, key = normal(2, 4, 6), normal(2, 3, 6), normal(2, 3, 6)
    shown = {"return_attention_scores": True}

    def add(label, *inputs, arguments=None, masks=None, **options):
        cases(f"{name}.{label}", lambda: make(**options), *inputs, names=HEADS,
              arguments=arguments, masks=masks)

    add("plain", query, value)
    add("self", query, query)
    add("key", query, value, key)
    add("scores", query, value, key, arguments=shown)
    add("causal", query, query, arguments={"use_causal_mask": True})
    add("causal_scores", query, value, arguments={"use_causal_mask": True, **shown})
    add("window", query, query, sliding_window=2)
    add("window_causal", query, query, sliding_window=2, arguments={"use_causal_mask": True})
    add("masks", query, value, masks=[QUERY_MASK, VALUE_MASK])
    add("masks_scores", query, value, masks=[QUERY_MASK, VALUE_MASK], arguments=shown)
    add("key_mask", query, value, key, masks=[None, None, VALUE_MASK])
    allowed = np.arange(24).reshape(2, 4, 3) % 5 > 1
    add("attention_mask", query, value, None, allowed)
    add("attention_mask_causal", query, value, key, allowed, masks=[None, VALUE_MASK, None, None],
        arguments={"use_causal_mask": True})
    add("dropout_off", query, value, dropout=0.4)
    add("gate", query, value, use_gate=True)
    add("no_bias", query, value, use_bias=False)
    add("penalties", query, value, kernel_regularizer="l2", bias_constraint="non_neg")


def multi_head(cases):
    name, kind = "MultiHeadAttention", layers.MultiHeadAttention
    of_heads(cases, name, lambda **options: kind(2, 3, **options))
    query, value = normal(2, 4, 6), normal(2, 3, 5)

    def add(label, make, *inputs, arguments=None):
        cases(f"{name}.{label}", make, *inputs, names=HEADS, arguments=arguments)

    add("one_head", lambda: kind(1, 4), query, value)
    add("value_dim", lambda: kind(2, 3, value_dim=4), query, value,
        arguments={"return_attention_scores": True})
    add("output_shape", lambda: kind(2, 3, output_shape=7), query, value)
    add("output_shapes", lambda: kind(2, 3, output_shape=(2, 3)), query, value)
    high = normal(2, 3, 4, 5)
    add("high", lambda: kind(2, 3), high, high)
    add("high_axis", lambda: kind(2, 3, attention_axes=2), high, high)
    add("high_axis_negative", lambda: kind(2, 3, attention_axes=(-3,)), high, high)


def group_query(cases):
    name, kind = "GroupQueryAttention", layers.GroupQueryAttention
    of_heads(cases, name, lambda **options: kind(3, 4, 2, **options))
    query, value = normal(2, 4, 6), normal(2, 3, 6)
    for heads in (1, 4):
        cases(f"{name}.{heads}_of_4", lambda heads=heads: kind(3, 4, heads), query, value,
              names=HEADS)
