"""A loop over a network's maps, compiled when it is first called: what a batch says of the weights of a depthwise convolution.

Maps are float32 (B, H, W, C) in this order in memory; values are taken one by one from the whole arrays, as in `core.models.map_loops`.
"""

from core.models.compiled import loop


@loop
def weight_sums(first, last, maps, pulls, stride, top, left, sums):
    """Each image's share in the gradient of weights, `sums` (B, size, size, C), of `pulls`, the gradient (B, h, w, C) of what came out.

    The window of the first place begins `top` rows above the maps and `left` columns before them; what lies outside counts 0. Windows of
    3 and 5 columns that lie inside are done in one go.
    """
    height, width, channels = maps.shape[1:]
    rows, columns = pulls.shape[1:3]
    size = sums.shape[1]
    for image in range(first, last):
        sums[image] = 0
        for p in range(size):
            above = top - p  # rows by which the first window's row p lies above the maps
            start, end = max(0, -(-above // stride)), min(rows, (height - 1 + above) // stride + 1)
            for place in range(start * columns, end * columns):
                row, column = place // columns, place % columns
                y, x = row * stride - above, column * stride - left
                is_inside = x >= 0 and x + size <= width
                if is_inside and size == 3:
                    for c in range(channels):
                        pull = pulls[image, row, column, c]
                        sums[image, p, 0, c] += pull * maps[image, y, x, c]
                        sums[image, p, 1, c] += pull * maps[image, y, x + 1, c]
                        sums[image, p, 2, c] += pull * maps[image, y, x + 2, c]
                elif is_inside and size == 5:
                    for c in range(channels):
                        pull = pulls[image, row, column, c]
                        sums[image, p, 0, c] += pull * maps[image, y, x, c]
                        sums[image, p, 1, c] += pull * maps[image, y, x + 1, c]
                        sums[image, p, 2, c] += pull * maps[image, y, x + 2, c]
                        sums[image, p, 3, c] += pull * maps[image, y, x + 3, c]
                        sums[image, p, 4, c] += pull * maps[image, y, x + 4, c]
                else:
                    for q in range(max(0, -x), min(size, width - x)):
                        for c in range(channels):
                            sums[image, p, q, c] += pulls[image, row, column, c] * maps[image, y, x + q, c]
