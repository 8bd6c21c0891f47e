/** \file misuse.h  The parts of the misuse test, one for each topic. */
#ifndef MISUSE_H
#define MISUSE_H

void misuse_at(void);
void misuse_conformance(void);
void misuse_document(void);
void misuse_gateway(void);
void misuse_datagrams(void);

#endif
