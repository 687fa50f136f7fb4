/* Latchkey's C API. Generated from src/capi by the build; a test fails when this copy is stale. */

#ifndef LATCHKEY_H
#define LATCHKEY_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The version of this library, such as `0.1.0`: a text that lives as long as the process.
const char *lk_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* LATCHKEY_H */
