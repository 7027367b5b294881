/* engine.standardInput: lines from people or a pipe, and undefined at the end. */
#include "host.h"

enum { lineMax = 4096 };

static txSlot callback;
static char line[lineMax];
static int used;
static bool open;

void engineInput(txMachine* the)
{
	functionArgument(the, 0, &callback);
	open = true;
}

void markInput(txMachine* the, txMarkRoot markRoot)
{
	(*markRoot)(the, &callback);
}

bool inputAlive(void)
{
	return open;
}

static void deliver(txMachine* the, const char* text, int length)
{
	callBegin(the, NULL, &callback);
	if (text) {
		txString string = fxNewChunk(the, length + 1);
		memcpy(string, text, (size_t)length);
		string[length] = 0;
		if (!wellFormed((txU1*)string, (txU1*)string + length))
			for (int i = 0; i < length; i++)
				if (string[i] == 0 || (string[i] & 0x80))
					string[i] = '?';
		mxPushString(string);
	}
	else
		mxPushUndefined();
	callEnd(the, 1);
}

/* One read for each wake. A line longer than the buffer comes in pieces. */
void serveInput(txMachine* the)
{
	ssize_t got = read(0, line + used, (size_t)(lineMax - used));
	int start = 0;
	if (got > 0)
		used += (int)got;
	for (int i = 0; i < used; i++)
		if (line[i] == '\n') {
			deliver(the, line + start, i - start);
			start = i + 1;
		}
	if (start == 0 && (used == lineMax || (got <= 0 && used > 0))) {
		deliver(the, line, used);
		start = used;
	}
	memmove(line, line + start, (size_t)(used - start));
	used -= start;
	if (got <= 0) {
		open = false;
		deliver(the, NULL, 0);
	}
}
