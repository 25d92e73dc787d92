/* AWS-LC's locks, each held for a millisecond: a fork beside another thread then finds one held
 * almost always instead of once in ten thousand times. Linked into a program, or loaded before it.
 */

/* RTLD_NEXT */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <pthread.h>
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

/* An interpreter that is loaded after it has mutexes of its own, which it takes all the time. */
#ifndef RWLOCKS_ALONE

int pthread_mutex_lock(pthread_mutex_t *lock) {
    int (*next)(pthread_mutex_t *);
    void *found = dlsym(RTLD_NEXT, "pthread_mutex_lock");
    memcpy(&next, &found, sizeof next);
    int status = next(lock);
    usleep(1000);
    return status;
}

#endif
