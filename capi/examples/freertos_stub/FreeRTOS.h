/* Declarations alone, of what `freertos_task.c` calls, so that it can be compiled where the kernel is not.
 * No part of a product: it has the kernel's own headers. */
#ifndef STUB_FREERTOS_H
#define STUB_FREERTOS_H

#include <stddef.h>
#include <stdint.h>

#define configTICK_RATE_HZ 1000u
#define configASSERT(x) ((x) ? (void)0 : stub_assert_failed())
#define pdFALSE ((BaseType_t)0)
#define pdTRUE ((BaseType_t)1)
#define portYIELD_FROM_ISR(woken) stub_yield(woken)

typedef long BaseType_t;
typedef unsigned long UBaseType_t;
typedef uint32_t TickType_t;
typedef uint32_t StackType_t;
typedef struct {
    int unknown;
} StaticTask_t;
typedef struct {
    int unknown;
} StaticQueue_t;

void stub_assert_failed(void);
void stub_yield(BaseType_t woken);

#endif
