/*
 * godwit-xs: the XS engine with sockets, timers and name lookups, for the same script that runs on a board.
 *
 *     godwit-xs [--heap SLOTS] [--chunks BYTES] [--stack SLOTS] [--fixed] bundle.js [argument…]
 *
 * One thread, one poll() for everything. A turn of the loop: wait; sockets; lookups; input; timers; send what
 * was written. Promise jobs run after each callback. With nothing left to wait for, it ends with 0.
 */
#include "host.h"

#include <errno.h>
#include <signal.h>

static const char usage[] =
	"usage: godwit-xs [--heap SLOTS] [--chunks BYTES] [--stack SLOTS] [--fixed] bundle.js [argument...]\n";

enum { extraPolls = 2, outputBytes = 64 * 1024 };

static void stop(int number)
{
	_exit(128 + number);
}

static int number(const char* text)
{
	char* end;
	long value = text ? strtol(text, &end, 10) : 0;
	if (text == NULL || *end || value < 1 || value > 1 << 28) {
		fputs(usage, stderr);
		exit(exitUsage);
	}
	return (int)value;
}

static char** parseArguments(char** argument, Limits* limits)
{
	for (argument++; *argument && (*argument)[0] == '-'; argument++) {
		if (strcmp(*argument, "--heap") == 0)
			limits->slots = number(*++argument);
		else if (strcmp(*argument, "--chunks") == 0)
			limits->chunkBytes = number(*++argument);
		else if (strcmp(*argument, "--stack") == 0)
			limits->stackSlots = number(*++argument);
		else if (strcmp(*argument, "--fixed") == 0)
			limits->fixed = true;
		else
			number(NULL);
	}
	if (*argument == NULL)
		number(NULL);
	return argument;
}

static void wait(struct pollfd* polls, int count, double ms)
{
	int limit = ms < 0 ? -1 : (int)ceil(fmin(ms, INT32_MAX));
	if (ms != 0)
		fflush(stdout); /* whoever looks on should not wait with us */
	if (poll(polls, (nfds_t)count, limit) < 0)
		for (int i = 0; i < count; i++)
			polls[i].revents = 0;
}

static void loop(txMachine* the)
{
	struct pollfd polls[socketMax + extraPolls];
	flushSockets(the);
	while (socketsAlive() || timersAlive() || lookupsAlive() || inputAlive()) {
		int sockets = pollSockets(polls);
		polls[sockets] = (struct pollfd){ .fd = lookupDescriptor(), .events = POLLIN };
		polls[sockets + 1] = (struct pollfd){ .fd = inputAlive() ? 0 : -1, .events = POLLIN };
		wait(polls, sockets + extraPolls, lookupsDone() ? 0 : sooner(socketsWait(), timersWait()));
		serveLookups(the);
		if (polls[sockets + 1].revents)
			serveInput(the);
		serveTimers(the);
		serveSockets(the, polls, sockets);
		computrons(the);
	}
}

int main(int count, char** arguments)
{
	Limits limits = { .slots = 64 * 1024, .chunkBytes = 1024 * 1024, .stackSlots = 4096 };
	char** bundle = parseArguments(arguments, &limits);
	static char output[outputBytes];
	setvbuf(stdout, output, _IOFBF, sizeof(output));
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	txMachine* the = createMachine(&limits);
	txScript* script = NULL;
	fxBeginHost(the);
	mxTry(the) {
		installEngine(the, (int)(arguments + count - bundle) - 1, bundle + 1);
		script = loadScript(the, *bundle);
	}
	mxCatch(the) {
		fail(the, "uncaught exception");
	}
	fxEndHost(the);
	limitMachine(the, &limits);
	runScript(the, script);
	loop(the);
	leave(0);
}
