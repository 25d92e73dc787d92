/* The library as a plugin's: loaded in a thread, used, and unloaded before the thread ends. What
 * AWS-LC leaves behind in each thread is called then. Nothing else of this program may need the
 * library. */

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "streamtoken.h"

static char key_text[4096];
static size_t key_length;
static size_t passed;

/* ISO C has no cast from an object's pointer to a function's. */
#define FUNCTION(library, name)                                                                    \
    __typeof__(name) *name##_ = NULL;                                                              \
    *(void **)&name##_ = dlsym(library, #name)

static void *load_use_and_unload(void *path) {
    streamtoken_public_key *key = NULL;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        return NULL;
    }
    FUNCTION(library, streamtoken_public_key_load);
    FUNCTION(library, streamtoken_public_key_free);
    if (streamtoken_public_key_load_(key_text, key_length, "id", 2, &key, NULL) == STREAMTOKEN_OK) {
        passed++;
    }
    streamtoken_public_key_free_(key);
    passed += dlclose(library) == 0 ? 1 : 0;
    return NULL;
}

int main(int count, char **arguments) {
    pthread_t thread;
    FILE *file = count == 3 ? fopen(arguments[1], "rb") : NULL;
    if (file == NULL) {
        fputs("usage: PROGRAM FILE LIBRARY, the former holding the example key\n", stderr);
        return 2;
    }
    key_length = fread(key_text, 1, sizeof key_text, file);
    fclose(file);
    for (int i = 0; i < 2; i++) {
        passed += pthread_create(&thread, NULL, load_use_and_unload, arguments[2]) == 0 ? 1 : 0;
        passed += pthread_join(thread, NULL) == 0 ? 1 : 0;
    }
    printf("%zu passed, %zu failed\n", passed, 8 - passed);
    return passed == 8 ? EXIT_SUCCESS : EXIT_FAILURE;
}
