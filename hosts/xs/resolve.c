/*
 * engine.resolve: each lookup on a thread of its own, because getaddrinfo waits. A thread knows only its
 * lookup; it marks it done and wakes the loop through a pipe.
 */
#include "host.h"

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>

enum { lookupMax = 8, nameMax = 255 };

typedef struct Lookup {
	struct Lookup* next;
	txSlot callback;
	bool threaded;
	bool done; /* shared with the thread, under the lock */
	bool found;
	char name[nameMax + 1];
	char address[64];
} Lookup;

static Lookup* lookups;
static int threads;
static int wake[2] = { -1, -1 };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool choose(const struct addrinfo* list, int family, char* address, size_t size)
{
	while (list && list->ai_family != family)
		list = list->ai_next;
	if (list == NULL)
		return false;
	socklen_t length = (socklen_t)size;
	return getnameinfo(list->ai_addr, list->ai_addrlen, address, length, NULL, 0, NI_NUMERICHOST) == 0;
}

static void* look(void* data)
{
	Lookup* lookup = data;
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo* list = NULL;
	bool found = false;
	if (getaddrinfo(lookup->name, NULL, &hints, &list) == 0) {
		found = choose(list, AF_INET, lookup->address, sizeof(lookup->address))
			|| choose(list, AF_INET6, lookup->address, sizeof(lookup->address));
		freeaddrinfo(list);
	}
	pthread_mutex_lock(&lock);
	lookup->found = found;
	lookup->done = true;
	pthread_mutex_unlock(&lock);
	if (write(wake[1], "", 1) < 0) {
		/* the pipe is full: the loop is awake */
	}
	return NULL;
}

static void startThread(Lookup* lookup)
{
	pthread_t thread;
	pthread_attr_t attributes;
	if (wake[0] < 0) {
		if (pipe(wake) != 0)
			return;
		fcntl(wake[0], F_SETFL, O_NONBLOCK);
		fcntl(wake[1], F_SETFL, O_NONBLOCK);
	}
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	lookup->done = false;
	lookup->threaded = pthread_create(&thread, &attributes, look, lookup) == 0;
	if (lookup->threaded)
		threads++;
	else
		lookup->done = true;
	pthread_attr_destroy(&attributes);
}

void engineResolve(txMachine* the)
{
	txSlot callback = { 0 };
	functionArgument(the, 1, &callback);
	txString name = fxToString(the, mxArgv(0));
	Lookup* lookup = calloc(1, sizeof(Lookup));
	if (lookup == NULL)
		fxAbort(the, XS_NOT_ENOUGH_MEMORY_EXIT);
	lookup->callback.kind = callback.kind;
	lookup->callback.value = callback.value;
	lookup->done = true;
	if (strlen(name) <= nameMax && name[0] && threads < lookupMax) {
		strcpy(lookup->name, name);
		startThread(lookup);
	}
	Lookup** link = &lookups;
	while (*link)
		link = &(*link)->next;
	*link = lookup;
}

void markLookups(txMachine* the, txMarkRoot markRoot)
{
	for (Lookup* lookup = lookups; lookup; lookup = lookup->next)
		(*markRoot)(the, &lookup->callback);
}

int lookupDescriptor(void)
{
	return threads > 0 ? wake[0] : -1;
}

static Lookup* takeDone(void)
{
	Lookup** link = &lookups;
	Lookup* lookup;
	pthread_mutex_lock(&lock);
	while ((lookup = *link) && !lookup->done)
		link = &lookup->next;
	pthread_mutex_unlock(&lock);
	if (lookup)
		*link = lookup->next;
	return lookup;
}

/* Lookups that a callback asks for, and which are refused at once, wait for the next turn. */
void serveLookups(txMachine* the)
{
	char bytes[lookupMax];
	Lookup* lookup;
	if (lookups == NULL)
		return;
	if (threads > 0)
		while (read(wake[0], bytes, sizeof(bytes)) > 0) {
		}
	for (int i = 0; i < lookupMax && (lookup = takeDone()); i++) {
		if (lookup->threaded)
			threads--;
		callBegin(the, NULL, &lookup->callback);
		if (lookup->found)
			mxPushStringC(lookup->address);
		else
			mxPushUndefined();
		free(lookup);
		callEnd(the, 1);
	}
}

/* Some lookup waits for nothing but the loop. */
bool lookupsDone(void)
{
	bool done = false;
	pthread_mutex_lock(&lock);
	for (Lookup* lookup = lookups; lookup; lookup = lookup->next)
		done = done || lookup->done;
	pthread_mutex_unlock(&lock);
	return done;
}

bool lookupsAlive(void)
{
	return lookups != NULL;
}
