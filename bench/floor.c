/* The floor of recording: receive what cameras send and write it to files, and nothing else.
 *
 * floor FOLDER rtsp://HOST:PORT/PATH ...: one open RTSP/TCP camera per URL, its video is `/track1`. Each
 * connection's bytes go as they are into FOLDER/<number>.rtp: one epoll loop, reads of up to 256 KiB, plain writes, no
 * parsing, no sync. Ends at SIGTERM with 0; a camera that refuses or leaves ends it with 1. Ours, without a library.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define READ_BYTES (256 * 1024)
#define ANSWER_BYTES (64 * 1024)
#define EVENTS 64
#define ALIVE_S 20 /* cameras let go of a session that is silent for a minute */

struct camera {
    int socket, file;
    const char *url;
};

static volatile sig_atomic_t ending;
static char buffer[READ_BYTES];

static void on_end(int number) {
    (void)number;
    ending = 1;
}

static void fail(const char *what, const char *url) {
    fprintf(stderr, "floor: %s: %s: %s\n", url, what, errno ? strerror(errno) : "refused");
    exit(1);
}

static void put(const struct camera *one, const char *data, size_t length) {
    while (length) {
        ssize_t done = write(one->file, data, length);
        if (done < 0) fail("write", one->url);
        data += done;
        length -= (size_t)done;
    }
}

static void ask(const struct camera *one, const char *method, const char *track, int number, const char *more) {
    char text[1024];
    int length = snprintf(text, sizeof text, "%s %s%s RTSP/1.0\r\nCSeq: %d\r\n%s\r\n", method, one->url, track, number, more);
    if (send(one->socket, text, (size_t)length, MSG_NOSIGNAL) != length) fail(method, one->url);
}

/* Read one answer with its body; returns how many bytes behind it stand in `answer` from *rest on. */
static size_t hear(const struct camera *one, const char *method, char *answer, char **rest) {
    size_t have = 0;
    for (;;) {
        ssize_t got = read(one->socket, answer + have, ANSWER_BYTES - 1 - have);
        if (got <= 0) fail(method, one->url);
        have += (size_t)got;
        answer[have] = 0;
        char *end = strstr(answer, "\r\n\r\n");
        if (!end) continue;
        char *length = strcasestr(answer, "\r\nContent-Length:");
        size_t whole = (size_t)(end + 4 - answer) + (length && length < end ? (size_t)atol(length + 17) : 0);
        if (have < whole) continue;
        errno = 0;
        if (strncmp(answer, "RTSP/1.0 200", 12)) fail(method, one->url);
        *rest = answer + whole;
        return have - whole;
    }
}

static void play(struct camera *one) {
    char host[64], answer[ANSWER_BYTES], session[128], header[192], *rest;
    unsigned port;
    if (sscanf(one->url, "rtsp://%63[0-9.]:%u", host, &port) != 2) fail("address", one->url);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    inet_pton(AF_INET, host, &address.sin_addr);
    one->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(one->socket, (struct sockaddr *)&address, sizeof address)) fail("connect", one->url);
    ask(one, "SETUP", "/track1", 1, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n");
    hear(one, "SETUP", answer, &rest);
    char *found = strcasestr(answer, "\r\nSession:");
    if (!found || sscanf(found + 10, " %127[^;\r\n]", session) != 1) fail("session", one->url);
    snprintf(header, sizeof header, "Session: %s\r\n", session);
    ask(one, "PLAY", "", 2, header);
    size_t more = hear(one, "PLAY", answer, &rest);
    put(one, rest, more);
    fcntl(one->socket, F_SETFL, O_NONBLOCK);
}

int main(int count, char **words) {
    int cameras = count - 2, poll = epoll_create1(0);
    if (cameras < 1) return 2;
    struct camera *all = calloc((size_t)cameras, sizeof *all);
    struct sigaction action = {.sa_handler = on_end};
    sigaction(SIGTERM, &action, NULL);
    for (int n = 0; n < cameras; n++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%d.rtp", words[1], n);
        all[n].url = words[n + 2];
        all[n].file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (all[n].file < 0) fail("open", all[n].url);
        play(&all[n]);
        struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = &all[n]};
        epoll_ctl(poll, EPOLL_CTL_ADD, all[n].socket, &wanted);
    }
    time_t told = time(NULL);
    for (int sequence = 3; !ending;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(poll, events, EVENTS, 1000);
        for (int n = 0; n < ready; n++) {
            struct camera *one = events[n].data.ptr;
            ssize_t got = read(one->socket, buffer, sizeof buffer);
            if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
            if (got <= 0) fail("read", one->url);
            put(one, buffer, (size_t)got);
        }
        if (time(NULL) - told >= ALIVE_S) {
            told = time(NULL);
            for (int n = 0; n < cameras; n++) ask(&all[n], "OPTIONS", "", sequence, "");
            sequence++;
        }
    }
    return 0;
}
