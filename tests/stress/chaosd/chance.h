/* chance - random numbers that a seed determines.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: one per state.
 * Fails:   never.
 */

#ifndef CHAOSD_CHANCE_H
#define CHAOSD_CHANCE_H

#include <stdint.h>

/* SplitMix64: good enough, and a seed of 0 is as good as any. */
static inline uint64_t chance_next( uint64_t *state )
{
    uint64_t z = *state += 0x9e3779b97f4a7c15ull;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

/* 0 .. below - 1; below is not 0. */
static inline unsigned int chance_below( uint64_t *state, unsigned int below )
{
    return chance_next( state ) % below;
}

static inline int chance_percent( uint64_t *state, unsigned int percent )
{
    return chance_below( state, 100 ) < percent;
}

#endif
