/* The global object `engine`, and trace(). Its contract is engine.d.ts. */
#include "host.h"

#include <errno.h>
#ifdef __linux__
	#include <sys/random.h>
#else
	#include <unistd.h>
	#define getrandom(BYTES, SIZE, FLAGS) (getentropy(BYTES, SIZE) == 0 ? (ssize_t)(SIZE) : -1)
#endif

static void trace(txMachine* the)
{
	for (int i = 0; i < mxArgc; i++)
		fputs(fxToString(the, mxArgv(i)), stdout);
}

static void engineTicks(txMachine* the)
{
	mxResult->kind = XS_NUMBER_KIND;
	mxResult->value.number = ticks();
}

static void engineRandom(txMachine* the)
{
	txU4 word;
	if (getrandom(&word, sizeof(word), 0) != sizeof(word))
		mxUnknownError("no randomness: %s", strerror(errno));
	fxUnsigned(the, mxResult, word);
}

static void engineExit(txMachine* the)
{
	int code = mxArgc > 0 ? fxToInteger(the, mxArgv(0)) : 0;
	flushSockets(the);
	leave(code);
}

static void markRoots(txMachine* the, void* data, txMarkRoot markRoot)
{
	(void)data;
	collections++;
	markSockets(the, markRoot);
	markTimers(the, markRoot);
	markLookups(the, markRoot);
	markInput(the, markRoot);
}

static const txHostHooks hooks = { NULL, markRoots, NULL };

static void addArguments(txMachine* the, int count, char** arguments)
{
	fxNewArray(the, 0);
	txSlot* array = the->stack;
	for (int i = 0; i < count; i++) {
		mxPushStringC(arguments[i]);
		mxPushSlot(array);
		mxSetIndex((txIndex)i);
		mxPop();
	}
	addValue(the, "arguments");
}

/* The object itself holds the hook through which the collector finds what C keeps. */
void installEngine(txMachine* the, int count, char** arguments)
{
	static int data;
	mxPush(mxGlobal);
	addFunction(the, "trace", trace, 0);
	fxNewHostObject(the, NULL);
	fxSetHostData(the, the->stack, &data);
	fxSetHostHooks(the, the->stack, &hooks);
	static txSlot root;
	root.kind = the->stack->kind;
	root.value = the->stack->value;
	fxRemember(the, &root);
	installTCP(the);
	addValue(the, "TCP");
	installTimer(the);
	addValue(the, "Timer");
	addArguments(the, count, arguments);
	addFunction(the, "ticks", engineTicks, 0);
	addFunction(the, "resolve", engineResolve, 2);
	addFunction(the, "random", engineRandom, 0);
	addFunction(the, "encode", engineEncode, 4);
	addFunction(the, "decode", engineDecode, 3);
	addFunction(the, "exit", engineExit, 1);
	addFunction(the, "standardInput", engineInput, 1);
	addFunction(the, "meter", engineMeter, 0);
	addFunction(the, "memory", engineMemory, 1);
	addFunction(the, "gc", engineCollect, 0);
	addValue(the, "engine");
	mxPop();
}
