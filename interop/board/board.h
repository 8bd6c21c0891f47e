/* What the firmware of every peer stands on. A peer opens one TLS 1.3 session under the key of our own probe
 * (examples/firmware/src/bin/probe_tls13.rs), echoes 33 and 256 octets, and reports the same figures by the same means.
 *
 * Board: Arm MPS2 with FPGA image AN386 as QEMU has it. UART 1 is the line, timer 0 counts instructions. */

#ifndef PEER_BOARD_H
#define PEER_BOARD_H

#include <stddef.h>
#include <stdint.h>

/* The name of the key, and the key of both sides: the firmware's `probe::IDENTITY` and `probe::KEY`. */
extern const char identity[];
extern const unsigned char key[32];

/* Ends the program with this exit code. */
void leave(int code);

/* Writes `name=value`. */
void figure(const char *name, uint32_t value);

/* The line. It gives a whole record or none, and what it does is not counted, as in record_line.rs: so a figure is that
 * of the session, and the same in each run. Both give the count of octets; 0 from line_recv is "nothing now". */
size_t line_send(const unsigned char *data, size_t length);
size_t line_recv(unsigned char *data, size_t length);
/* Waits for a record if one was asked for in vain. */
void line_wait(void);

/* What a stretch of the program costs: instructions without the line's, and octets on it. */
struct cost { uint32_t instructions, octets; };
struct cost cost_now(void);
struct cost cost_since(struct cost began);

/* What each side does after the handshake. `put` and `get` give the count of octets, 0 for "not now", negative for an
 * error. Reports stack and heap, too, and says 0, or what failed. */
int echo_and_report(int (*put)(const unsigned char *, size_t), int (*get)(unsigned char *, size_t));

/* Numbers as predictable as those of our probe (SplitMix64): no secrecy at all. */
void random_octets(unsigned char *output, size_t size);

#endif
