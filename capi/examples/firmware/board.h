/* Arm MPS2 with FPGA image AN385 (Cortex-M3) or AN386 (Cortex-M4F): the same peripherals at the same addresses.
 *
 * To bring up another board: change what is here, `firmware.ld` and, if it has no CMSDK UART, `uart.c`. */
#ifndef BOARD_H
#define BOARD_H

/* Registers of the UART that the modem hangs on. */
#define BOARD_UART1 0x40005000u
/* Frequency of the core, and so of SysTick, in Hz. */
#define BOARD_CORE_HZ 25000000u

/* A register. */
#define BOARD_REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))

#endif
