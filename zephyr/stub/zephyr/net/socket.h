/* Declarations alone, see kernel.h. */
#ifndef STUB_ZEPHYR_NET_SOCKET_H
#define STUB_ZEPHYR_NET_SOCKET_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/types.h>

int zsock_socket(int family, int type, int protocol);
int zsock_connect(int socket, const struct sockaddr *address, socklen_t len);
ssize_t zsock_send(int socket, const void *data, size_t len, int flags);
ssize_t zsock_recv(int socket, void *buffer, size_t len, int flags);
int zsock_fcntl(int socket, int command, int flags);
int zsock_inet_pton(int family, const char *text, void *address);
int zsock_close(int socket);

#endif
