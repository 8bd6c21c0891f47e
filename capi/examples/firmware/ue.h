/* The UE. */
#ifndef UE_H
#define UE_H

/* Does all of it. NULL, or the step at which it came to nothing. */
const char *ue_run(void);

#endif
