"""Loops over a network's maps, compiled when they are first called: batch norm and the maximum of windows, each in one pass over memory.

Maps are float32 (B, H, W, C) in this order in memory, or (B, P, C) where places need no rows; what belongs to a channel is (C,). A loop
does the images from `first` to before `last`, so that several threads may share one call; sums are kept for each image, float64 (B, C),
and are the same for any number of threads. Values below `floor` count as `floor`: 0 bends as ReLU does, minus infinity not at all.
Dropout comes as a random byte for each value, `chance` (B, P, C), or for each channel, (B, 1, C): where it is below `dropped` the value
counts 0, elsewhere `gain` times as much.

Values are taken one by one from the whole arrays: a name for a part of an array is counted and given back at each turn, which takes
longer than what is done with a few channels.
"""

import numpy as np

from core.models.compiled import loop

_ZERO = np.float32(0)
_STRETCH = 256  # places whose sum float32 holds well enough


@loop
def sums(first, last, maps, floor, shift, total, squares):
    """Add up what the bent values are above `shift`, and its squares."""
    places, channels = maps.shape[1:]
    some, some_squares = np.empty(channels, np.float32), np.empty(channels, np.float32)
    for image in range(first, last):
        for start in range(0, places, _STRETCH):
            some[:] = 0
            some_squares[:] = 0
            for place in range(start, min(start + _STRETCH, places)):
                for c in range(channels):
                    value = maps[image, place, c]
                    value = (floor if value < floor else value) - shift[c]
                    some[c] += value
                    some_squares[c] += value * value
            for c in range(channels):
                total[image, c] += some[c]
                squares[image, c] += some_squares[c]


@loop
def scaled(first, last, maps, floor, scale, offset, low, high, chance, dropped, gain, out):
    """Bent values times `scale` plus `offset`, kept between `low` and `high`, some dropped."""
    places, channels = maps.shape[1:]
    own = chance.shape[1] > 1
    for image in range(first, last):
        for place in range(places):
            for c in range(channels):
                value = maps[image, place, c]
                value = (floor if value < floor else value) * scale[c] + offset[c]
                value = low if value < low else value
                value = high if value > high else value
                out[image, place, c] = value * gain if chance[image, place * own, c] >= dropped else _ZERO


@loop
def gradient_sums(first, last, maps, gradient, floor, scale, offset, low, high, chance, dropped, gain, mean, total, products):
    """Add up the gradient of what `scaled` gave, and its products with how far a bent value lies from `mean`."""
    places, channels = maps.shape[1:]
    own = chance.shape[1] > 1
    some, some_products = np.empty(channels, np.float32), np.empty(channels, np.float32)
    for image in range(first, last):
        for start in range(0, places, _STRETCH):
            some[:] = 0
            some_products[:] = 0
            for place in range(start, min(start + _STRETCH, places)):
                for c in range(channels):
                    value = maps[image, place, c]
                    value = floor if value < floor else value
                    made = value * scale[c] + offset[c]
                    is_kept = (made > low) & (made < high) & (chance[image, place * own, c] >= dropped)
                    pull = gradient[image, place, c] * gain if is_kept else _ZERO
                    some[c] += pull
                    some_products[c] += pull * (value - mean[c])
            for c in range(channels):
                total[image, c] += some[c]
                products[image, c] += some_products[c]


@loop
def gradient_of_norm(first, last, maps, gradient, floor, scale, offset, low, high, chance, dropped, gain, mean, level, slope, out):
    """The gradient of the maps that `scaled` was given; `level` and `slope` take account of their mean and variance."""
    places, channels = maps.shape[1:]
    own = chance.shape[1] > 1
    for image in range(first, last):
        for place in range(places):
            for c in range(channels):
                found = maps[image, place, c]
                value = floor if found < floor else found
                made = value * scale[c] + offset[c]
                is_kept = (made > low) & (made < high) & (chance[image, place * own, c] >= dropped)
                pull = gradient[image, place, c] * gain if is_kept else _ZERO
                pull = pull * scale[c] - level[c] - slope[c] * (value - mean[c])
                out[image, place, c] = pull if found > floor else _ZERO


@loop
def maxima(first, last, maps, size, floor, shift, best, where, total, squares):
    """The largest bent value of each window of `size` x `size` places, the number of its place in the window, uint8, and their `sums`."""
    height, width, channels = maps.shape[1:]
    rows, columns = best.shape[1:3]
    top, at = np.empty(channels, np.float32), np.empty(channels, np.int32)
    some, some_squares = np.empty(channels, np.float32), np.empty(channels, np.float32)
    for image in range(first, last):
        for row in range(rows):
            some[:] = 0
            some_squares[:] = 0
            for column in range(columns):
                top[:] = -np.inf
                at[:] = 0
                for y in range(row * size, min((row + 1) * size, height)):
                    for x in range(column * size, min((column + 1) * size, width)):
                        number = np.int32((y - row * size) * size + x - column * size)
                        for c in range(channels):
                            value = maps[image, y, x, c]
                            is_kept = (value <= top[c]) | (top[c] != top[c])  # what is no number stays
                            top[c] = top[c] if is_kept else value
                            at[c] = at[c] if is_kept else number
                for c in range(channels):
                    value = floor if top[c] < floor else top[c]
                    best[image, row, column, c] = value
                    value -= shift[c]
                    some[c] += value
                    some_squares[c] += value * value
                for c in range(channels):
                    where[image, row, column, c] = at[c]
            for c in range(channels):
                total[image, c] += some[c]
                squares[image, c] += some_squares[c]


@loop
def maxima_and_sums(first, last, maps, size, floor, sign, shift, best, where, total, squares):
    """`maxima` of the bent values times `sign`, and `sums` of all of them, those that lie in no whole window too."""
    height, width, channels = maps.shape[1:]
    rows, columns = best.shape[1:3]
    top, at = np.empty(channels, np.float32), np.empty(channels, np.int32)
    some, some_squares = np.empty(channels, np.float32), np.empty(channels, np.float32)
    for image in range(first, last):
        for row in range(-(-height // size)):
            some[:] = 0
            some_squares[:] = 0
            for column in range(-(-width // size)):
                top[:] = -np.inf
                at[:] = 0
                for y in range(row * size, min((row + 1) * size, height)):
                    for x in range(column * size, min((column + 1) * size, width)):
                        number = np.int32((y - row * size) * size + x - column * size)
                        for c in range(channels):
                            value = maps[image, y, x, c]
                            value = floor if value < floor else value
                            above = value - shift[c]
                            some[c] += above
                            some_squares[c] += above * above
                            value *= sign[c]
                            is_kept = (value <= top[c]) | (top[c] != top[c])
                            top[c] = top[c] if is_kept else value
                            at[c] = at[c] if is_kept else number
                if row < rows and column < columns:
                    for c in range(channels):
                        best[image, row, column, c], where[image, row, column, c] = top[c], at[c]
            for c in range(channels):
                total[image, c] += some[c]
                squares[image, c] += some_squares[c]


@loop
def gradient_of_maxima(first, last, best, gradient, size, floor, where, scale, chance, dropped, gain, mean, level, slope, out):
    """The gradient of the maps that `maxima` was given, whose norm was handed on: each window's stands at its place, the others are 0."""
    height, width, channels = out.shape[1:]
    rows, columns = gradient.shape[1:3]
    own = chance.shape[1] > 1
    pull, at = np.empty(channels, np.float32), np.empty(channels, np.int32)
    for image in range(first, last):
        for row in range(-(-height // size)):
            for column in range(-(-width // size)):
                if row < rows and column < columns:
                    place = (row * columns + column) * own
                    for c in range(channels):
                        given = gradient[image, row, column, c] * gain * scale[c] if chance[image, place, c] >= dropped else _ZERO
                        value = best[image, row, column, c]
                        given = given - level[c] - slope[c] * (value - mean[c])
                        pull[c] = given if value > floor else _ZERO
                    for c in range(channels):
                        at[c] = where[image, row, column, c]
                else:
                    at[:] = -1
                for y in range(row * size, min((row + 1) * size, height)):
                    for x in range(column * size, min((column + 1) * size, width)):
                        number = np.int32((y - row * size) * size + x - column * size)
                        for c in range(channels):
                            out[image, y, x, c] = pull[c] if at[c] == number else _ZERO


@loop
def gradient_of_normed_maxima(first, last, maps, gradient, size, floor, where, scale, chance, dropped, gain, mean, level, slope, out):
    """`gradient_of_norm` where the maxima of windows alone were handed on."""
    height, width, channels = maps.shape[1:]
    rows, columns = gradient.shape[1:3]
    own = chance.shape[1] > 1
    pull, at = np.empty(channels, np.float32), np.empty(channels, np.int32)
    for image in range(first, last):
        for row in range(-(-height // size)):
            for column in range(-(-width // size)):
                if row < rows and column < columns:
                    place = (row * columns + column) * own
                    for c in range(channels):
                        pull[c] = gradient[image, row, column, c] * gain * scale[c] if chance[image, place, c] >= dropped else _ZERO
                    for c in range(channels):
                        at[c] = where[image, row, column, c]
                else:
                    at[:] = -1
                for y in range(row * size, min((row + 1) * size, height)):
                    for x in range(column * size, min((column + 1) * size, width)):
                        number = np.int32((y - row * size) * size + x - column * size)
                        for c in range(channels):
                            found = maps[image, y, x, c]
                            value = floor if found < floor else found
                            given = pull[c] if at[c] == number else _ZERO
                            given = given - level[c] - slope[c] * (value - mean[c])
                            out[image, y, x, c] = given if found > floor else _ZERO
