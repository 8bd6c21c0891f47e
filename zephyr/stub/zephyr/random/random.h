/* Declarations alone, see kernel.h. */
#ifndef STUB_ZEPHYR_RANDOM_H
#define STUB_ZEPHYR_RANDOM_H

#include <stddef.h>

int sys_csrand_get(void *out, size_t len);

#endif
