/* Random numbers that everybody can foretell: for emulated boards, which have no generator. Never on a product. */
#ifndef INSECURE_TEST_RNG_H
#define INSECURE_TEST_RNG_H

#if !defined(MSGIN5G_INSECURE_TEST_RNG)
#error "the firmware needs random numbers: give it your chip's generator, or define \
MSGIN5G_INSECURE_TEST_RNG for an emulator (predictable keys, no secrecy at all)"
#endif

#include <stddef.h>
#include <stdint.h>

/* Fills the buffer; it never fails. */
int32_t insecure_test_random(void *user, uint8_t *buf, size_t len);

#endif
