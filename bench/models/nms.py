"""Non-maximum suppression of 10,647 boxes in each of 80 classes, in Cornu (nms.c) and its peers,
with the same inputs and equal results. JAX and OpenVINO have none of their own."""

import os
import sys
import time

BOXES, CLASSES, PER_CLASS, TOTAL, IOU, LEAST, REPEATS = 10647, 80, 100, 300, 0.5, 0.3, 15
PEERS = ("torch", "tensorflow")


def write_inputs(folder):
    import numpy as np

    random = np.random.default_rng(0)
    corner, size = random.random((BOXES, 2)) * 0.7, random.random((BOXES, 2)) * 0.25 + 0.05
    np.hstack([corner, corner + size]).astype(np.float32).tofile(os.path.join(folder, "boxes.bin"))
    number = BOXES * CLASSES  # no two scores are equal: who comes first would be open
    scores = ((random.permutation(number) + 1) / number).astype(np.float32) ** 8  # 1 in 7 > LEAST
    scores.tofile(os.path.join(folder, "scores.bin"))


def differ(folder, peer):
    """Whether a peer found other boxes than Cornu."""
    import numpy as np

    one, other = (np.fromfile(os.path.join(folder, who + ".bin"), np.float32)
                  for who in ("Cornu", peer))
    return one.shape != other.shape or not np.allclose(one, other, atol=1e-6)


def tensorflow(boxes, scores, threads):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    boxes, scores = tf.constant(boxes[None, :, None]), tf.constant(scores[None])

    @tf.function
    def run(boxes, scores):
        return tf.image.combined_non_max_suppression(boxes, scores, PER_CLASS, TOTAL, IOU, LEAST)

    def call():
        found = run(boxes, scores)
        return [found[i][0].numpy() for i in (1, 2, 0)]

    return call


def torch(boxes, scores, threads):
    """Torchvision's: all classes at once."""
    import torch as t
    from torchvision.ops import batched_nms

    t.set_num_threads(threads)
    boxes, scores = t.from_numpy(boxes), t.from_numpy(scores)

    def call():
        with t.inference_mode():
            place, kind = (scores > LEAST).nonzero(as_tuple=True)
            score, box = scores[place, kind], boxes[place]
            best = batched_nms(box, score, kind, IOU)[:TOTAL]
            return [score[best].numpy(), kind[best].float().numpy(), box[best].numpy()]

    return call


def run_peer(peer, folder, threads):
    import numpy as np

    boxes, scores = (np.fromfile(os.path.join(folder, name + ".bin"), np.float32).reshape(BOXES, -1)
                     for name in ("boxes", "scores"))
    call = globals()[peer](boxes, scores, threads)
    for repeat in range(-2, REPEATS):
        start = time.perf_counter()
        found = call()
        if repeat >= 0:
            print("predict", (time.perf_counter() - start) * 1e6)
    np.concatenate([part.ravel() for part in found]).tofile(os.path.join(folder, peer + ".bin"))
    sys.stdout.flush()
