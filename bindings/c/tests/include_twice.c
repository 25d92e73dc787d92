/* The header first and alone, then once more, and in a second file of the same program: it defines
 * nothing, and needs nothing before it. clang-format would leave out the second one. */

/* clang-format off */
#include "streamtoken.h"
#include "streamtoken.h"
/* clang-format on */

const char *version_seen_elsewhere(void);

const char *version_seen_elsewhere(void) { return streamtoken_version(); }
