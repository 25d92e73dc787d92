/* A server on 127.0.0.1 that answers every request with the same bytes, or never. */

#ifndef FAKE_H
#define FAKE_H

typedef struct Fake Fake;

/* Starts a server whose answer is `answer`, closing the connection behind it; NULL never answers.
 */
Fake *fake_start(const char *answer);

/* Its base URL. */
const char *fake_url(const Fake *fake);

/* Waits until a request has arrived. */
void fake_wait(Fake *fake);

/* The last request, head and body. It lives as long as the server gets no other. */
const char *fake_request(Fake *fake);

/* How many requests came. */
int fake_count(Fake *fake);

void fake_stop(Fake *fake);

#endif
