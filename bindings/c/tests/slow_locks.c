/* The locks of AWS-LC and of the system's resolver, each held for a millisecond: a fork beside
 * another thread then finds one held almost always instead of once in some thousand times. Linked
 * into a program, or loaded before it.
 */

/* RTLD_NEXT */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

int pthread_rwlock_wrlock(pthread_rwlock_t *lock) {
    int (*next)(pthread_rwlock_t *);
    void *found = dlsym(RTLD_NEXT, "pthread_rwlock_wrlock");
    memcpy(&next, &found, sizeof next);
    int status = next(lock);
    usleep(1000);
    return status;
}

static int lock_for_long(pthread_mutex_t *lock) {
    int (*next)(pthread_mutex_t *);
    void *found = dlsym(RTLD_NEXT, "pthread_mutex_lock");
    memcpy(&next, &found, sizeof next);
    int status = next(lock);
    usleep(1000);
    return status;
}

/* Stands for the lock of the C library's own, which it takes out of reach of others. */
static pthread_mutex_t resolver = PTHREAD_MUTEX_INITIALIZER;

static void lock_resolver_for_long(void *unused) {
    (void)unused;
    lock_for_long(&resolver);
    pthread_mutex_unlock(&resolver);
}

static pthread_key_t at_end;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_key(void) { pthread_key_create(&at_end, lock_resolver_for_long); }

/* For those who want to fork beside one. */
extern atomic_int lookups_begun;
atomic_int lookups_begun;

/* At its begin, at its end, and at the end of its thread. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **found_addresses) {
    int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    void *found = dlsym(RTLD_NEXT, "getaddrinfo");
    memcpy(&next, &found, sizeof next);
    pthread_once(&once, make_key);
    pthread_setspecific(at_end, &at_end);
    atomic_fetch_add(&lookups_begun, 1);
    lock_resolver_for_long(NULL);
    int status = next(name, service, hints, found_addresses);
    lock_resolver_for_long(NULL);
    return status;
}

/* An interpreter that is loaded after it has mutexes of its own, which it takes all the time. */
#ifndef RWLOCKS_ALONE

int pthread_mutex_lock(pthread_mutex_t *lock) { return lock_for_long(lock); }

#endif
