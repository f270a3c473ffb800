"""Convolutions of 3 x 3 places after Winograd: 36 products for a tile of 4 x 4 results instead of 144.

F(4 x 4, 3 x 3) of Lavin and Gray (2016, arXiv:1509.09308). A tile's patch of 6 x 6 values, its columns and then its rows, is brought
into a form in which each of 36 numbers is multiplied by a matrix (in channels, out channels) of its own; the products are brought back.

Maps are float32 (B, H, W, C) in this order in memory. What lies between is flat, and lies so that one run over memory does the same for
a whole row of tiles: columns that leave the same rest when divided by 4 stand side by side.
"""

import numpy as np

from core.models.compiled import loop

_ZERO, _TWO, _FOUR, _FIVE, _EIGHT = map(np.float32, (0, 2, 4, 5, 8))
_place = np.uintp  # never below 0, which a place must be seen to be before several are taken at once
_PIECE = 256  # values of each of 36 products that are brought back at a time, for the nearest cache


@loop
def convolved(first, last, maps, weights, bias, pad, rows, most, out):
    """The images from `first` to before `last` with `pad` zeros on all sides, by weights (36, in, out).

    `rows` of tiles are taken at a time, and at `most` as many tiles are multiplied.
    """
    inside, outside = weights.shape[1:]
    height, columns = out.shape[1], -(-out.shape[2] // 4)
    frame, lines = np.empty((4 * rows + 2) * 4 * (columns + 1) * inside, np.float32), np.empty(24 * (columns + 1) * inside, np.float32)
    patches, products = np.empty(36 * rows * columns * inside, np.float32), np.empty(36 * rows * columns * outside, np.float32)
    some, tiles = np.empty(24 * _PIECE, np.float32), np.empty(16 * rows * columns * outside, np.float32)
    for image in range(first, last):
        for top in range(0, height, 4 * rows):
            count = min(rows, -(-(height - top) // 4))
            _frame(maps, image, top - pad, -pad, 4 * count + 2, columns + 1, frame)
            _to_patches(frame, count, columns, inside, lines, patches)
            _multiply(patches, weights, count * columns, most, products)
            _to_tiles(products, count * columns * outside, some, tiles)
            _lay(tiles, count, columns, bias, image, top, out)


@loop
def weight_sums(first, last, out, of_bias, maps, gradient, pad, rows, most):
    """The gradients of weights and bias, of groups of images from `first` to before `last`; out (G, 36, in, out), of_bias (G, out)."""
    inside, outside = out.shape[2:]
    height, columns, images = gradient.shape[1], -(-gradient.shape[2] // 4), -(-len(maps) // len(out))
    frame = np.empty((4 * rows + 2) * 4 * (columns + 1) * max(inside, outside), np.float32)
    lines = np.empty(24 * (columns + 1) * max(inside, outside), np.float32)
    patches, pulls = np.empty(36 * rows * columns * inside, np.float32), np.empty(36 * rows * columns * outside, np.float32)
    product = np.empty((inside, outside), np.float32)
    for group in range(first, last):
        out[group], of_bias[group] = 0, 0
        for image in range(group * images, min((group + 1) * images, len(maps))):
            for top in range(0, height, 4 * rows):
                count = min(rows, -(-(height - top) // 4))
                _frame(maps, image, top - pad, -pad, 4 * count + 2, columns + 1, frame)
                _to_patches(frame, count, columns, inside, lines, patches)
                _frame(gradient, image, top, 0, 4 * count, columns, frame)
                _to_pulls(frame, count, columns, outside, lines, pulls)
                _add_products(patches, pulls, count * columns, most, product, out[group])
                _add_tiles(pulls, count * columns, of_bias[group])


@loop
def _multiply(patches, weights, tiles, most, products):
    """Patches (36, tiles, in) times weights (36, in, out)."""
    inside, outside = weights.shape[1:]
    for number in range(36):
        for begin in range(number * tiles, (number + 1) * tiles, most):
            end = min(begin + most, (number + 1) * tiles)
            left, found = patches[begin * inside : end * inside], products[begin * outside : end * outside]
            np.dot(left.reshape((-1, inside)), weights[number], found.reshape((-1, outside)))


@loop
def _add_products(patches, pulls, tiles, most, product, out):
    """Add to `out` (36, in, out) the products of patches (36, tiles, in) with pulls (36, tiles, out)."""
    inside, outside = out.shape[1:]
    for number in range(36):
        for begin in range(number * tiles, (number + 1) * tiles, most):
            end = min(begin + most, (number + 1) * tiles)
            left, right = patches[begin * inside : end * inside], pulls[begin * outside : end * outside]
            np.dot(left.reshape((-1, inside)).T, right.reshape((-1, outside)), product)
            for i in range(inside):
                for c in range(outside):
                    out[number, i, c] += product[i, c]


@loop
def _add_tiles(pulls, tiles, out):
    """Add up the gradients (36, tiles, out), of which the eighth are the sums of a tile's."""
    channels = len(out)
    for tile in range(7 * tiles, 8 * tiles):
        for c in range(channels):
            out[c] += pulls[tile * channels + c]


@loop
def _lay(tiles, rows, columns, bias, image, top, out):
    """Lay tiles (4, 4, rows, columns, C), and a bias on them, side by side on an image, as far as they lie on it."""
    height, width, channels = out.shape[1:]
    found = tiles[: 16 * rows * columns * channels].reshape((4, 4, rows, columns, channels))
    for y in range(min(4 * rows, height - top)):
        for x in range(width):
            for c in range(channels):
                out[image, top + y, x, c] = found[y % 4, x % 4, y // 4, x // 4, c] + bias[c]


@loop
def _frame(maps, image, top, left, height, columns, found):
    """A part of an image from `top` and `left` on, 0 beyond its edges. found (4, height, columns, C), the rest of a column first."""
    tall, wide, channels = maps.shape[1:]
    out = found[: 4 * height * columns * channels].reshape((4, height, columns, channels))
    for row in range(height):
        y = top + row
        for column in range(4 * columns):
            x = left + column
            rest, tile = column % 4, column // 4
            if (y >= 0) & (y < tall) & (x >= 0) & (x < wide):
                for c in range(channels):
                    out[rest, row, tile, c] = maps[image, y, x, c]
            else:
                for c in range(channels):
                    out[rest, row, tile, c] = _ZERO


@loop
def _to_patches(frame, rows, columns, channels, lines, found):
    """Of a frame (4, 4 rows + 2, columns + 1, C) all patches (36, rows, columns, C)."""
    long, short = (columns + 1) * channels, columns * channels
    for row in range(rows):
        for rest in range(4):
            _patch(frame, (rest * (4 * rows + 2) + 4 * row) * long, long, 4 * long, lines, rest * 6 * long, long, long)
        for number in range(6):
            _patch(lines, number * long, 6 * long, channels, found, (6 * number * rows + row) * short, rows * short, short)


@loop
def _to_pulls(frame, rows, columns, channels, lines, found):
    """Of gradients (4, 4 rows, columns, C) those of all products (36, rows, columns, C)."""
    span = columns * channels
    for row in range(rows):
        for rest in range(4):
            _pull(frame, (rest * 4 * rows + 4 * row) * span, span, lines, rest * 6 * span, span, span)
        for number in range(6):
            _pull(lines, number * span, 6 * span, found, (6 * number * rows + row) * span, rows * span, span)


@loop
def _to_tiles(products, span, lines, found):
    """Of products (36, span) the results (4, 4, span)."""
    for begin in range(0, span, _PIECE):
        count = min(_PIECE, span - begin)
        for number in range(6):
            _tile(products, number * span + begin, 6 * span, lines, number * _PIECE, 6 * _PIECE, count)
        for row in range(4):
            _tile(lines, row * 6 * _PIECE, _PIECE, found, 4 * row * span + begin, span, count)


@loop
def _patch(source, base, step, far, found, at, stride, count):
    """Four values, `step` apart from `base` on, and two from `far` after it on become six, `stride` apart; so for `count` neighbours."""
    s1, f1, far, base, at = _place(step), _place(stride), _place(far), _place(base), _place(at)
    s2, s3 = s1 + s1, s1 + s1 + s1
    f2, f3, f4, f5 = f1 + f1, f1 + f1 + f1, f1 + f1 + f1 + f1, f1 + f1 + f1 + f1 + f1
    for number in range(_place(count)):
        here, there = base + number, at + number
        v0, v1, v2, v3 = source[here], source[here + s1], source[here + s2], source[here + s3]
        v4, v5 = source[here + far], source[here + far + s1]
        found[there], found[there + f5] = _FOUR * v0 - _FIVE * v2 + v4, _FOUR * v1 - _FIVE * v3 + v5
        even, odd = v4 - _FOUR * v2, v3 - _FOUR * v1
        found[there + f1], found[there + f2] = even + odd, even - odd
        even, odd = v4 - v2, _TWO * (v3 - v1)
        found[there + f3], found[there + f4] = even + odd, even - odd


@loop
def _pull(source, base, step, found, at, stride, count):
    """Four gradients, `step` apart, become six, `stride` apart; so for `count` neighbours."""
    s1, f1, base, at = _place(step), _place(stride), _place(base), _place(at)
    s2, s3 = s1 + s1, s1 + s1 + s1
    f2, f3, f4, f5 = f1 + f1, f1 + f1 + f1, f1 + f1 + f1 + f1, f1 + f1 + f1 + f1 + f1
    for number in range(_place(count)):
        here, there = base + number, at + number
        v0, v1, v2, v3 = source[here], source[here + s1], source[here + s2], source[here + s3]
        found[there], found[there + f5] = v0, v3
        even, odd = v0 + v2, v1 + v3
        found[there + f1], found[there + f2] = even + odd, even - odd
        even, odd = v0 + _FOUR * v2, _TWO * (v1 + _FOUR * v3)
        found[there + f3], found[there + f4] = even + odd, even - odd


@loop
def _tile(source, base, step, found, at, stride, count):
    """Six values, `step` apart, become four, `stride` apart; so for `count` neighbours."""
    s1, f1, base, at = _place(step), _place(stride), _place(base), _place(at)
    s2, s3, s4, s5 = s1 + s1, s1 + s1 + s1, s1 + s1 + s1 + s1, s1 + s1 + s1 + s1 + s1
    f2, f3 = f1 + f1, f1 + f1 + f1
    for number in range(_place(count)):
        here, there = base + number, at + number
        v0, v1, v2 = source[here], source[here + s1], source[here + s2]
        v3, v4, v5 = source[here + s3], source[here + s4], source[here + s5]
        near, far = v1 + v2, v3 + v4
        found[there], found[there + f2] = v0 + near + far, near + _FOUR * far
        near, far = v1 - v2, v3 - v4
        found[there + f1], found[there + f3] = near + _TWO * far, near + _EIGHT * far + v5
