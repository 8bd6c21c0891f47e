/* Declarations alone, so that the samples can be compiled where Zephyr is not. No part of a build with Zephyr. */
#ifndef STUB_ZEPHYR_KERNEL_H
#define STUB_ZEPHYR_KERNEL_H

#include <stddef.h>
#include <stdint.h>

int64_t k_uptime_get(void);
int32_t k_msleep(int32_t ms);
void printk(const char *format, ...);

#endif
