#include "fake.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../check.h"

struct Fake {
    const char *answer;
    int listener;
    int held[8];
    int holds;
    char url[64];
    char request[65536];
    int count;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t arrived;
};

/* Whether head and body are there, as far as the head says how long the body is. */
static bool is_whole(const char *request, size_t length) {
    const char *end = strstr(request, "\r\n\r\n");
    const char *said = strstr(request, "content-length: ");
    size_t body = said == NULL ? 0 : strtoul(said + strlen("content-length: "), NULL, 10);
    return end != NULL && length >= (size_t)(end - request) + 4 + body;
}

static void read_request(Fake *fake, int connection) {
    char request[sizeof fake->request] = "";
    size_t length = 0;
    while (!is_whole(request, length) && length < sizeof request - 1) {
        ssize_t more = read(connection, request + length, sizeof request - 1 - length);
        if (more <= 0) {
            return;
        }
        length += (size_t)more;
        request[length] = '\0';
    }
    pthread_mutex_lock(&fake->lock);
    memcpy(fake->request, request, length + 1);
    fake->count++;
    pthread_cond_broadcast(&fake->arrived);
    pthread_mutex_unlock(&fake->lock);
}

static void *serve(void *argument) {
    Fake *fake = argument;
    int connection;
    while ((connection = accept(fake->listener, NULL, NULL)) >= 0) {
        read_request(fake, connection);
        if (fake->answer == NULL && fake->holds < 8) {
            fake->held[fake->holds++] = connection;
            continue;
        }
        if (fake->answer != NULL) {
            send(connection, fake->answer, strlen(fake->answer), MSG_NOSIGNAL);
        }
        close(connection);
    }
    return NULL;
}

Fake *fake_start(const char *answer) {
    Fake *fake = calloc(1, sizeof *fake);
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fake->answer = answer;
    fake->listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(fake->listener, (struct sockaddr *)&address, length) == 0);
    CHECK(listen(fake->listener, 16) == 0);
    CHECK(getsockname(fake->listener, (struct sockaddr *)&address, &length) == 0);
    snprintf(fake->url, sizeof fake->url, "http://127.0.0.1:%d/client/v4", ntohs(address.sin_port));
    pthread_mutex_init(&fake->lock, NULL);
    pthread_cond_init(&fake->arrived, NULL);
    CHECK(pthread_create(&fake->thread, NULL, serve, fake) == 0);
    return fake;
}

const char *fake_url(const Fake *fake) { return fake->url; }

void fake_wait(Fake *fake) {
    pthread_mutex_lock(&fake->lock);
    while (fake->count == 0) {
        pthread_cond_wait(&fake->arrived, &fake->lock);
    }
    pthread_mutex_unlock(&fake->lock);
}

const char *fake_request(Fake *fake) {
    fake_wait(fake);
    return fake->request;
}

int fake_count(Fake *fake) {
    pthread_mutex_lock(&fake->lock);
    int count = fake->count;
    pthread_mutex_unlock(&fake->lock);
    return count;
}

void fake_stop(Fake *fake) {
    shutdown(fake->listener, SHUT_RDWR);
    CHECK(pthread_join(fake->thread, NULL) == 0);
    close(fake->listener);
    for (int i = 0; i < fake->holds; i++) {
        close(fake->held[i]);
    }
    pthread_cond_destroy(&fake->arrived);
    pthread_mutex_destroy(&fake->lock);
    free(fake);
}
