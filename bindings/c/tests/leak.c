/* Frees nothing, several times, since one pointer may survive in a register. valgrind and
 * AddressSanitizer have to find it, or their silence elsewhere says nothing. */

#include "check.h"

static void lose_a_key(void) {
    streamtoken_signing_key *key = example_key();
    CHECK(streamtoken_signing_key_bits(key) == 2048);
}

int main(int count, char **arguments) {
    read_example_key(count, arguments);
    for (int i = 0; i < 4; i++) {
        lose_a_key();
    }
    return 0;
}
