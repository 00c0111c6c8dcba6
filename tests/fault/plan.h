/* plan - which call is to fail; one block of memory that the program and both halves share.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; the block is a file, mapped by run's program and by each half of the DLL.
 * Threads: any, all fields are atomic; the program changes the plan while no call runs.
 * Fails:   never; without a block the plan is one in which nothing fails.
 *
 * The name of the file is in the environment, WINHTTP_FAULTS; Windows programs know it as the
 * mapping PLAN_MAPPING.
 */

#ifndef FAULT_PLAN_H
#define FAULT_PLAN_H

#include <stdint.h>
#include <string.h>

enum
{
    PLAN_SIZE = 4096,     /* of the file: a page */
    PLAN_NAME = 64,

    PLAN_UNIX = 1,        /* sides: whose calls are counted, and may fail */
    PLAN_WINDOWS = 2,
};

#define PLAN_MAPPING "winhttp-faults-%lu" /* the process, as Windows numbers it */

struct plan
{
    int32_t sides;
    int32_t fail;         /* number of the call that fails, from 1; 0 = none */
    int32_t way;          /* in which of the ways that it knows, from 0 */
    int32_t calls;        /* counted so far */
    int32_t failed;       /* 1: it has failed; -1: it knows no such way */
    int32_t slice;        /* most bytes of one send or receive; 0 = any number */
    int32_t interrupt;    /* of so many calls that can wait one is interrupted; 0 = none */
    int32_t interrupted;  /* counts those calls */
    int32_t refuse;       /* of so many allocations one fails, whatever else is planned; 0 = none */
    int32_t asked;        /* counts those */
    int32_t refused;      /* and what came of it */
    int32_t live[2];      /* what is allocated and open: Unix half, Windows half */
    char name[PLAN_NAME]; /* of the call that failed */
    char only[PLAN_NAME]; /* calls of this name alone are counted; empty = all */
};

/* The way in which this call is to fail, from 1, or 0. ways: how many it knows. */
static inline int plan_fails( struct plan *plan, int side, const char *name, int ways )
{
    size_t len = strlen( name ) + 1;
    int number;

    if (!(plan->sides & side) || (*plan->only && strcmp( plan->only, name ))) return 0;
    number = __atomic_add_fetch( &plan->calls, 1, __ATOMIC_SEQ_CST );
    if (number != __atomic_load_n( &plan->fail, __ATOMIC_SEQ_CST )) return 0;
    memcpy( plan->name, name, len < PLAN_NAME ? len : PLAN_NAME );
    __atomic_store_n( &plan->failed, plan->way < ways ? 1 : -1, __ATOMIC_SEQ_CST );
    return plan->way < ways ? plan->way + 1 : 0;
}

/* TRUE: this allocation is to fail. */
static inline int plan_refuses( struct plan *plan )
{
    int every = __atomic_load_n( &plan->refuse, __ATOMIC_RELAXED );

    if (!every || __atomic_add_fetch( &plan->asked, 1, __ATOMIC_RELAXED ) % every) return 0;
    __atomic_add_fetch( &plan->refused, 1, __ATOMIC_RELAXED );
    return 1;
}

/* Something was allocated or opened (1), freed or closed (-1). */
static inline void plan_live( struct plan *plan, int side, int change )
{
    __atomic_add_fetch( &plan->live[side == PLAN_WINDOWS], change, __ATOMIC_SEQ_CST );
}

#endif
