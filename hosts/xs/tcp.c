/*
 * engine.TCP: the constructor that ECMA-419 describes, with the details as the Moddable SDK has them on lwIP.
 * Script meets only the buffers here; the loop moves bytes between these and the network.
 */
#include "socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

typedef enum {
	addressOption,
	portOption,
	nodelayOption,
	onReadableOption,
	onWritableOption,
	onErrorOption,
	optionCount,
} Option;

static const char* const names[optionCount] = {
	"address", "port", "nodelay", "onReadable", "onWritable", "onError",
};
static txID ids[optionCount];

static void destroySocket(void* data)
{
	free(data); /* only a socket that the loop does not know: the loop keeps its own alive */
}

static void markSocket(txMachine* the, void* data, txMarkRoot markRoot)
{
	Socket* socket = data;
	(*markRoot)(the, &socket->onReadable);
	(*markRoot)(the, &socket->onWritable);
	(*markRoot)(the, &socket->onError);
}

static const txHostHooks hooks = { destroySocket, markSocket, NULL };

static Socket* thisSocket(txMachine* the)
{
	Socket* socket = hostData(the, mxThis, &hooks, "socket");
	if (socket == NULL)
		mxTypeError("closed socket");
	return socket;
}

/* Leaves the option on the stack. */
static txSlot* option(txMachine* the, Option which)
{
	mxPushSlot(mxArgv(0));
	mxGetID(ids[which]);
	return the->stack;
}

static void callbackOption(txMachine* the, Option which, txSlot* target)
{
	txSlot* slot = option(the, which);
	if (slot->kind == XS_REFERENCE_KIND && mxIsFunction(slot->value.reference)) {
		target->kind = slot->kind;
		target->value = slot->value;
	}
	else if (slot->kind != XS_UNDEFINED_KIND)
		mxTypeError("%s is no function", names[which]);
	mxPop();
}

static struct addrinfo* target(txMachine* the)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
	struct addrinfo* found = NULL;
	char text[64];
	char service[8];
	txInteger port = fxToInteger(the, option(the, portOption));
	mxPop();
	if (port < 1 || port > 65535)
		mxRangeError("invalid port");
	snprintf(service, sizeof(service), "%d", (int)port);
	fxToStringBuffer(the, option(the, addressOption), text, sizeof(text));
	mxPop();
	if (getaddrinfo(text, service, &hints, &found) != 0)
		mxRangeError("invalid address");
	return found;
}

static int openDescriptor(int family)
{
	int descriptor = socket(family, SOCK_STREAM, 0);
	if (descriptor >= 0) {
		fcntl(descriptor, F_SETFD, FD_CLOEXEC);
		fcntl(descriptor, F_SETFL, O_NONBLOCK);
	}
	return descriptor;
}

/* A connection that fails at once is reported like any other: from the loop, to onError. */
static void connectSocket(Socket* socket, const struct addrinfo* address, bool nodelay)
{
	socket->descriptor = openDescriptor(address->ai_family);
	if (socket->descriptor < 0) {
		socket->ended = true;
		return;
	}
	int on = 1;
	if (nodelay)
		setsockopt(socket->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(socket->descriptor, address->ai_addr, address->ai_addrlen) != 0 && errno != EINPROGRESS)
		socket->ended = true;
}

static void tcpConstruct(txMachine* the)
{
	if (mxTarget->kind == XS_UNDEFINED_KIND)
		mxTypeError("call: TCP");
	argument(the, 0);
	mxPushSlot(mxTarget);
	mxGetID(mxID(_prototype));
	fxNewHostInstance(the);
	mxPullSlot(mxResult);
	*mxThis = *mxResult;
	Socket record = { .connecting = true, .descriptor = -1 };
	callbackOption(the, onReadableOption, &record.onReadable);
	callbackOption(the, onWritableOption, &record.onWritable);
	callbackOption(the, onErrorOption, &record.onError);
	bool nodelay = fxToBoolean(the, option(the, nodelayOption));
	mxPop();
	struct addrinfo* address = target(the);
	Socket* socket = malloc(sizeof(Socket));
	if (socket == NULL)
		fxAbort(the, XS_NOT_ENOUGH_MEMORY_EXIT);
	*socket = record;
	socket->self.kind = mxResult->kind;
	socket->self.value = mxResult->value;
	fxSetHostData(the, mxResult, socket);
	connectSocket(socket, address, nodelay);
	freeaddrinfo(address);
	addSocket(the, socket);
}

static void tcpRead(txMachine* the)
{
	Socket* socket = thisSocket(the);
	int unread = socket->end - socket->start;
	bool view = mxArgc > 0 && mxArgv(0)->kind == XS_REFERENCE_KIND;
	txInteger count = unread;
	txByte* bytes = NULL;
	if (unread == 0)
		return;
	if (view)
		bytes = bytesOf(the, mxArgv(0), &count);
	else if (mxArgc > 0 && mxArgv(0)->kind != XS_UNDEFINED_KIND)
		count = fxToInteger(the, mxArgv(0));
	if (count < 1 || count > unread)
		mxUnknownError("invalid");
	if (view) {
		memcpy(bytes, socket->received + socket->start, (size_t)count);
		mxResult->kind = XS_INTEGER_KIND;
		mxResult->value.integer = count;
	}
	else {
		fxConstructArrayBufferResult(the, NULL, count);
		bytes = mxResult->value.reference->next->value.arrayBuffer.address;
		memcpy(bytes, socket->received + socket->start, (size_t)count);
	}
	socket->start += count;
	if (socket->start == socket->end)
		socket->start = socket->end = 0;
}

static void tcpWrite(txMachine* the)
{
	Socket* socket = thisSocket(the);
	txInteger size;
	txByte* bytes = bytesOf(the, argument(the, 0), &size);
	if (socket->connecting || socket->ended)
		mxUnknownError("not ready");
	if (size > sendMax - socket->pending)
		mxUnknownError("would block");
	memcpy(socket->sending + socket->pending, bytes, (size_t)size);
	socket->pending += size;
	socket->offered = sendMax - socket->pending;
	mxResult->kind = XS_INTEGER_KIND;
	mxResult->value.integer = socket->offered;
}

static void tcpClose(txMachine* the)
{
	Socket* socket = hostData(the, mxThis, &hooks, "socket");
	if (socket == NULL)
		return;
	fxSetHostData(the, mxThis, NULL);
	closeSocket(socket);
}

void installTCP(txMachine* the)
{
	fxNewHostObject(the, NULL);
	fxSetHostHooks(the, the->stack, &hooks);
	for (int i = 0; i < optionCount; i++)
		ids[i] = fxNewNameC(the, (txString)names[i]);
	addFunction(the, "read", tcpRead, 1);
	addFunction(the, "write", tcpWrite, 1);
	addFunction(the, "close", tcpClose, 0);
	fxNewHostConstructor(the, tcpConstruct, 1, fxNewNameC(the, "TCP"));
}
