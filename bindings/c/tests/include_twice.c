/* The header first and alone, then once more, and in a second file of the same program: it defines
 * nothing, and needs nothing before it. */

#include "streamtoken.h"

const char *version_seen_elsewhere(void);

#include "streamtoken.h"

const char *version_seen_elsewhere(void) {
    return streamtoken_version();
}
