/* The header first, alone, twice, and in a second file of the same program: it defines nothing. */

#include "streamtoken.h"
#include "streamtoken.h"

const char *version_seen_elsewhere(void);

const char *version_seen_elsewhere(void) {
    return streamtoken_version();
}
