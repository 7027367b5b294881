/*
 * Timers: a list of the armed ones, in order of time. A timer is an object of the script, kept alive by the
 * list while it is armed, and by the script afterwards; so it can be armed again without allocation.
 */
#include "host.h"

typedef struct Timer {
	struct Timer* next;
	txSlot self;
	txSlot callback;
	double due;
	unsigned long order;
	bool armed;
} Timer;

static Timer* armed;
static unsigned long orders;
static txSlot prototype;

double ticks(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1000000;
}

static void disarm(Timer* timer)
{
	Timer** link = &armed;
	while (*link && *link != timer)
		link = &(*link)->next;
	if (*link)
		*link = timer->next;
	timer->armed = false;
}

static void arm(Timer* timer, double ms)
{
	if (timer->armed)
		disarm(timer);
	timer->due = ticks() + (ms > 0 ? ms : 0);
	timer->order = orders++;
	timer->armed = true;
	Timer** link = &armed;
	while (*link && (*link)->due <= timer->due)
		link = &(*link)->next;
	timer->next = *link;
	*link = timer;
}

static void destroyTimer(void* data)
{
	free(data);
}

static void markTimer(txMachine* the, void* data, txMarkRoot markRoot)
{
	(*markRoot)(the, &((Timer*)data)->callback);
}

static const txHostHooks hooks = { destroyTimer, markTimer, NULL };

static double duration(txMachine* the, int index)
{
	return mxArgc > index ? fxToNumber(the, mxArgv(index)) : 0;
}

static void timerSet(txMachine* the)
{
	txSlot callback = { 0 };
	functionArgument(the, 0, &callback);
	double ms = duration(the, 1);
	mxPush(prototype);
	fxNewHostInstance(the);
	mxPullSlot(mxResult);
	Timer* timer = calloc(1, sizeof(Timer));
	if (timer == NULL)
		fxAbort(the, XS_NOT_ENOUGH_MEMORY_EXIT);
	timer->callback.kind = callback.kind;
	timer->callback.value = callback.value;
	timer->self.kind = mxResult->kind;
	timer->self.value = mxResult->value;
	fxSetHostData(the, mxResult, timer);
	arm(timer, ms);
}

static void timerSchedule(txMachine* the)
{
	Timer* timer = hostData(the, argument(the, 0), &hooks, "timer");
	if (timer == NULL)
		mxTypeError("cleared timer");
	arm(timer, duration(the, 1));
}

static void timerClear(txMachine* the)
{
	if (mxArgc == 0 || mxArgv(0)->kind == XS_UNDEFINED_KIND)
		return;
	Timer* timer = hostData(the, mxArgv(0), &hooks, "timer");
	if (timer == NULL)
		return;
	disarm(timer);
	fxSetHostData(the, mxArgv(0), NULL);
	free(timer);
}

void installTimer(txMachine* the)
{
	mxPush(mxObjectPrototype);
	fxNewObjectInstance(the);
	addFunction(the, "set", timerSet, 2);
	addFunction(the, "schedule", timerSchedule, 2);
	addFunction(the, "clear", timerClear, 1);
	fxNewHostObject(the, NULL);
	fxSetHostHooks(the, the->stack, &hooks);
	prototype.kind = the->stack->kind;
	prototype.value = the->stack->value;
	mxPop();
}

void markTimers(txMachine* the, txMarkRoot markRoot)
{
	(*markRoot)(the, &prototype);
	for (Timer* timer = armed; timer; timer = timer->next)
		(*markRoot)(the, &timer->self);
}

/* Timers which a callback arms wait for the next turn, so that sockets are heard between them. */
void serveTimers(txMachine* the)
{
	if (armed == NULL)
		return;
	double now = ticks();
	unsigned long limit = orders;
	while (armed && armed->due <= now && armed->order < limit) {
		Timer* timer = armed;
		armed = timer->next;
		timer->armed = false;
		callBegin(the, NULL, &timer->callback);
		mxPush(timer->self);
		callEnd(the, 1);
	}
}

bool timersAlive(void)
{
	return armed != NULL;
}

double sooner(double a, double b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

double timersWait(void)
{
	if (armed == NULL)
		return -1;
	double wait = armed->due - ticks();
	return wait > 0 ? wait : 0;
}
