"""A convolution of grey images by 3 x 3 places and the maxima of its 2 x 2 windows, without the maps between.

Images are float32 (B, H, W) with what is beyond their edges around them. A window's values come from a patch of 4 x 4 of an image. What
belongs to windows and channels is flat and lies as (B, rows, columns, C), weights lie as (9, C). A loop does the images from `first` to
before `last`.
"""

import numpy as np

from core.models.compiled import loop

_ZERO = np.float32(0)
_FIRST, _SECOND, _THIRD, _FOURTH = map(np.int32, range(4))  # places in a window, row by row
_place = np.uintp  # never below 0, which a place must be seen to be before several are taken at once


@loop
def maxima(first, last, images, weights, bias, rows, columns, best, where):
    """The largest value of each window, and the number of its place in it, uint8."""
    channels, patch = len(bias), np.empty(16, np.float32)
    for image in range(first, last):
        for row in range(rows):
            for column in range(columns):
                _fetch(images, image, 2 * row, 2 * column, patch)
                _window(patch, weights, bias, best, where, ((image * rows + row) * columns + column) * channels, channels)


@loop
def weight_sums(first, last, images, gradient, rows, columns, where, out):
    """The gradients of weights and bias of each image, float64 (B, 10, C), by the gradient of `maxima`."""
    channels, patch = out.shape[2], np.empty(16, np.float32)
    some = np.empty(10 * channels, np.float32)
    for image in range(first, last):
        for row in range(rows):
            some[:] = 0
            for column in range(columns):
                _fetch(images, image, 2 * row, 2 * column, patch)
                _pull(patch, gradient, where, ((image * rows + row) * columns + column) * channels, some, channels)
            for number in range(10):
                for c in range(channels):
                    out[image, number, c] += some[number * channels + c]


@loop
def _fetch(images, image, y, x, patch):
    for row in range(4):
        for column in range(4):
            patch[4 * row + column] = images[image, y + row, x + column]


@loop
def _window(patch, weights, bias, best, where, at, channels):
    a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3 = _values(patch)
    at, s1 = _place(at), _place(channels)
    s2, s3, s4 = s1 + s1, s1 + s1 + s1, s1 + s1 + s1 + s1
    s5, s6, s7, s8 = s4 + s1, s4 + s2, s4 + s3, s4 + s4
    for c in range(s1):
        w0, w1, w2 = weights[c], weights[c + s1], weights[c + s2]
        w3, w4, w5 = weights[c + s3], weights[c + s4], weights[c + s5]
        w6, w7, w8 = weights[c + s6], weights[c + s7], weights[c + s8]
        top = bias[c] + w0 * a0 + w1 * a1 + w2 * a2 + w3 * b0 + w4 * b1 + w5 * b2 + w6 * c0 + w7 * c1 + w8 * c2
        second = bias[c] + w0 * a1 + w1 * a2 + w2 * a3 + w3 * b1 + w4 * b2 + w5 * b3 + w6 * c1 + w7 * c2 + w8 * c3
        third = bias[c] + w0 * b0 + w1 * b1 + w2 * b2 + w3 * c0 + w4 * c1 + w5 * c2 + w6 * d0 + w7 * d1 + w8 * d2
        fourth = bias[c] + w0 * b1 + w1 * b2 + w2 * b3 + w3 * c1 + w4 * c2 + w5 * c3 + w6 * d1 + w7 * d2 + w8 * d3
        is_kept = (second <= top) | (top != top)  # what is no number stays
        top, number = top if is_kept else second, _FIRST if is_kept else _SECOND
        is_kept = (third <= top) | (top != top)
        top, number = top if is_kept else third, number if is_kept else _THIRD
        is_kept = (fourth <= top) | (top != top)
        best[at + c], where[at + c] = top if is_kept else fourth, number if is_kept else _FOURTH


@loop
def _pull(patch, gradient, where, at, sums, channels):
    """Add to sums (10, C) what a window's gradients are to the weights and the bias."""
    a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3 = _values(patch)
    at, s1 = _place(at), _place(channels)
    s2, s3, s4 = s1 + s1, s1 + s1 + s1, s1 + s1 + s1 + s1
    s5, s6, s7, s8, s9 = s4 + s1, s4 + s2, s4 + s3, s4 + s4, s4 + s4 + s1
    for c in range(s1):
        pull, number = gradient[at + c], np.int32(where[at + c])
        first, second = pull if number == _FIRST else _ZERO, pull if number == _SECOND else _ZERO
        third, fourth = pull if number == _THIRD else _ZERO, pull if number == _FOURTH else _ZERO
        sums[c] += first * a0 + second * a1 + third * b0 + fourth * b1
        sums[c + s1] += first * a1 + second * a2 + third * b1 + fourth * b2
        sums[c + s2] += first * a2 + second * a3 + third * b2 + fourth * b3
        sums[c + s3] += first * b0 + second * b1 + third * c0 + fourth * c1
        sums[c + s4] += first * b1 + second * b2 + third * c1 + fourth * c2
        sums[c + s5] += first * b2 + second * b3 + third * c2 + fourth * c3
        sums[c + s6] += first * c0 + second * c1 + third * d0 + fourth * d1
        sums[c + s7] += first * c1 + second * c2 + third * d1 + fourth * d2
        sums[c + s8] += first * c2 + second * c3 + third * d2 + fourth * d3
        sums[c + s9] += pull


@loop
def _values(p):
    return p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11], p[12], p[13], p[14], p[15]
