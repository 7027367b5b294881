/*
 * The network side of the sockets, in few system calls: one recv for each wake, and at the end of a turn of
 * the loop one send for all that was written in it.
 *
 * onReadable tells of new bytes only. onWritable tells whenever more can be written than script knows of.
 * onError comes once, when the last byte has been read.
 */
#include "socket.h"

#include <errno.h>
#include <sys/socket.h>

#ifndef MSG_NOSIGNAL
	#define MSG_NOSIGNAL 0
#endif

/* How long bytes written before close() may take to go out. */
static const double lingerMs = 2000;

static Socket* sockets[socketMax];
static int count;

void addSocket(txMachine* the, Socket* socket)
{
	if (count == socketMax)
		mxUnknownError("no socket");
	sockets[count++] = socket;
}

void closeSocket(Socket* socket)
{
	socket->closed = true;
	socket->lingerEnd = ticks() + lingerMs;
	socket->self.kind = XS_UNDEFINED_KIND;
	if (socket->connecting)
		socket->ended = true;
}

void markSockets(txMachine* the, txMarkRoot markRoot)
{
	for (int i = 0; i < count; i++)
		(*markRoot)(the, &sockets[i]->self);
}

static int unread(const Socket* socket)
{
	return socket->end - socket->start;
}

static short interest(const Socket* socket)
{
	short events = 0;
	if (socket->ended)
		return 0;
	if (socket->connecting || socket->pending > 0)
		events |= POLLOUT;
	if (!socket->connecting && !socket->closed && unread(socket) < receiveMax)
		events |= POLLIN;
	return events;
}

int pollSockets(struct pollfd* polls)
{
	for (int i = 0; i < count; i++) {
		polls[i].events = interest(sockets[i]);
		/* A hang-up is reported whether asked for or not: a full or finished socket is left out. */
		polls[i].fd = polls[i].events ? sockets[i]->descriptor : -1;
		polls[i].revents = 0;
	}
	return count;
}

static void receive(txMachine* the, Socket* socket)
{
	if (socket->start > 0) {
		memmove(socket->received, socket->received + socket->start, (size_t)unread(socket));
		socket->end -= socket->start;
		socket->start = 0;
	}
	size_t room = (size_t)(receiveMax - socket->end);
	ssize_t got = recv(socket->descriptor, socket->received + socket->end, room, 0);
	if (got > 0) {
		socket->end += (int)got;
		if (socket->onReadable.kind == XS_REFERENCE_KIND) {
			callBegin(the, &socket->self, &socket->onReadable);
			mxPushInteger(unread(socket));
			callEnd(the, 1);
		}
	}
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		socket->ended = true;
}

static void finishConnect(Socket* socket)
{
	int error = 0;
	socklen_t length = sizeof(error);
	if (getsockopt(socket->descriptor, SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error != 0)
		socket->ended = true;
	else
		socket->connecting = false;
}

static void flush(Socket* socket)
{
	if (socket->pending == 0 || socket->connecting || socket->ended)
		return;
	ssize_t sent = send(socket->descriptor, socket->sending, (size_t)socket->pending, MSG_NOSIGNAL);
	if (sent > 0) {
		socket->pending -= (int)sent;
		memmove(socket->sending, socket->sending + sent, (size_t)socket->pending);
	}
	else if (sent < 0 && errno != EAGAIN && errno != EINTR)
		socket->pending = 0; /* reading will tell what happened */
}

void flushSockets(txMachine* the)
{
	(void)the;
	for (int i = 0; i < count; i++)
		flush(sockets[i]);
}

static bool hasRoom(const Socket* socket)
{
	if (socket->closed || socket->connecting || socket->ended)
		return false;
	return sendMax - socket->pending > socket->offered;
}

static bool hasEnded(const Socket* socket)
{
	return !socket->closed && socket->ended && !socket->told && unread(socket) == 0;
}

static void tell(txMachine* the, Socket* socket)
{
	if (hasRoom(socket)) {
		socket->offered = sendMax - socket->pending;
		if (socket->onWritable.kind == XS_REFERENCE_KIND) {
			callBegin(the, &socket->self, &socket->onWritable);
			mxPushInteger(socket->offered);
			callEnd(the, 1);
		}
	}
	if (hasEnded(socket)) {
		socket->told = true;
		if (socket->onError.kind == XS_REFERENCE_KIND) {
			callBegin(the, &socket->self, &socket->onError);
			callEnd(the, 0);
		}
	}
}

static bool isDone(const Socket* socket)
{
	return socket->closed && (socket->ended || socket->pending == 0 || ticks() >= socket->lingerEnd);
}

/* Frees the sockets that script has closed, once nothing is left to send. */
static void reap(void)
{
	int kept = 0;
	for (int i = 0; i < count; i++) {
		Socket* socket = sockets[i];
		if (isDone(socket)) {
			if (socket->descriptor >= 0)
				close(socket->descriptor);
			free(socket);
		}
		else
			sockets[kept++] = socket;
	}
	count = kept;
}

/* Sockets are only ever added behind the ones that were polled, and removed by reap() alone. */
void serveSockets(txMachine* the, const struct pollfd* polls, int polled)
{
	for (int i = 0; i < polled; i++) {
		Socket* socket = sockets[i];
		if (polls[i].fd < 0 || polls[i].revents == 0)
			continue;
		if (socket->connecting)
			finishConnect(socket);
		else if (!socket->closed && (polls[i].revents & (POLLIN | POLLHUP | POLLERR)))
			receive(the, socket);
		else if (polls[i].revents & (POLLHUP | POLLERR))
			socket->ended = true;
	}
	flushSockets(the);
	for (int i = 0, known = count; i < known; i++)
		tell(the, sockets[i]);
	flushSockets(the);
	reap();
}

double socketsWait(void)
{
	double wait = -1;
	for (int i = 0; i < count; i++) {
		if (hasRoom(sockets[i]) || hasEnded(sockets[i]) || isDone(sockets[i]))
			return 0;
		if (sockets[i]->closed)
			wait = sooner(wait, fmax(0, sockets[i]->lingerEnd - ticks()));
	}
	return wait;
}

/* Some socket can still cause a callback, or has bytes to send. */
bool socketsAlive(void)
{
	for (int i = 0; i < count; i++)
		if (!sockets[i]->told)
			return true;
	return false;
}
